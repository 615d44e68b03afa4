"""Everything that changes an order: placing it, and moving it through its life."""

from .life import (
    ImpossibleMove,
    TooLateToCancel,
    advance,
    cancel,
    confirm,
    expire,
    keep_until,
    mark_paid,
    reopen,
)
from .lines import titles_of
from .placing import (
    CashNotOffered,
    DeliveryGone,
    NotForSale,
    NotSentThere,
    PaymentNotOffered,
    Placed,
    Purchase,
    TermsChanged,
    addressed_to,
    cash_terms,
    place,
)

__all__ = [
    "CashNotOffered",
    "DeliveryGone",
    "ImpossibleMove",
    "NotForSale",
    "NotSentThere",
    "PaymentNotOffered",
    "Placed",
    "Purchase",
    "TermsChanged",
    "TooLateToCancel",
    "addressed_to",
    "advance",
    "cancel",
    "cash_terms",
    "confirm",
    "expire",
    "keep_until",
    "mark_paid",
    "place",
    "reopen",
    "titles_of",
]
