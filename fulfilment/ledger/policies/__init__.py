"""Money events as balanced legs. Plain Python: amounts in, debits and credits out."""

from .accounts import AccountKey
from .charging import Stands, charged_back
from .entries import LEAST_LEGS, Leg, NewEntry, Source, Unbalanced, check, credit, debit, merged, opposite, sums
from .events import (
    Earned,
    cash_remitted,
    conversion,
    delivered,
    dispute_lost,
    dispute_withdrawn,
    held_lost,
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
    "Stands",
    "Unbalanced",
    "cash_remitted",
    "charged_back",
    "check",
    "conversion",
    "credit",
    "debit",
    "delivered",
    "dispute_lost",
    "dispute_withdrawn",
    "held_lost",
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
