"""Disputes at the office: seen, answered with what speaks for the shop, and borne by someone."""
