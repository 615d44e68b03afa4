"""Money events as balanced legs. Plain Python: amounts in, debits and credits out."""

from .accounts import AccountKey
from .entries import LEAST_LEGS, Leg, NewEntry, Source, Unbalanced, check, credit, debit, merged, opposite, sums

__all__ = [
    "LEAST_LEGS",
    "AccountKey",
    "Leg",
    "NewEntry",
    "Source",
    "Unbalanced",
    "check",
    "credit",
    "debit",
    "merged",
    "opposite",
    "sums",
]
