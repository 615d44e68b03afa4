"""A stand-in for Stripe: a real HTTP server with payments that have a state. No money moves."""
