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
from .placing import (
    DeliveryGone,
    NotForSale,
    NotSentThere,
    PaymentNotOffered,
    Placed,
    Purchase,
    TermsChanged,
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
    "advance",
    "cancel",
    "confirm",
    "expire",
    "mark_paid",
    "place",
    "reopen",
]
