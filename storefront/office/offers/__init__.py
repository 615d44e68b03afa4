"""Offers, vouchers and what cooperatives agreed to: the office makes, follows and stops them here."""
