"""Money events as balanced legs. Plain Python: amounts in, debits and credits out."""

from .accounts import AccountKey
from .entries import LEAST_LEGS, Leg, NewEntry, Source, Unbalanced, check, credit, debit, merged, opposite, sums
from .events import (
    Earned,
    cash_remitted,
    conversion,
    delivered,
    dispute_lost,
    dispute_withdrawn,
    money_held,
    payout,
    provider_fee,
    provider_paid_out,
    transfer_received,
)
from .sales import INCOME, THE_DELIVERY, AtTheDoor, Discount, MoreThanSold, Refund, Sale, SoldLine, refund, sale

__all__ = [
    "INCOME",
    "LEAST_LEGS",
    "THE_DELIVERY",
    "AccountKey",
    "AtTheDoor",
    "Discount",
    "Earned",
    "Leg",
    "MoreThanSold",
    "NewEntry",
    "Refund",
    "Sale",
    "SoldLine",
    "Source",
    "Unbalanced",
    "cash_remitted",
    "check",
    "conversion",
    "credit",
    "debit",
    "delivered",
    "dispute_lost",
    "dispute_withdrawn",
    "merged",
    "money_held",
    "opposite",
    "payout",
    "provider_fee",
    "provider_paid_out",
    "refund",
    "sale",
    "sums",
    "transfer_received",
]
