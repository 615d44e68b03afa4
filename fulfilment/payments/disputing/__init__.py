"""Disputes: what they write in the ledger, what is read of them, and what must always be true of them."""
