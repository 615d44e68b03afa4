"""Everything that changes an order: placing it, and moving it through its life."""

from .life import (
    ImpossibleMove,
    PaidAlready,
    TooLateToCancel,
    advance,
    cancel,
    confirm,
    expire,
    mark_paid,
    reopen,
)
from .lines import titles_of
from .placing import (
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
    "DeliveryGone",
    "ImpossibleMove",
    "NotForSale",
    "NotSentThere",
    "PaidAlready",
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
    "mark_paid",
    "place",
    "reopen",
    "titles_of",
]
