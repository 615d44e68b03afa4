"""Everything that changes a payment: asking for it, finding out what came of it, giving it up."""

from .ending import (
    MoneyHeld,
    NothingHeld,
    StillPaying,
    call_off,
    cancel_order,
    expire_order,
    give_back_held,
    look_at,
    sweep,
)
from .paying import NothingToPay, collect_cash, drop_cash, open_attempt, settle, start

__all__ = [
    "MoneyHeld",
    "NothingHeld",
    "NothingToPay",
    "StillPaying",
    "call_off",
    "cancel_order",
    "collect_cash",
    "drop_cash",
    "expire_order",
    "give_back_held",
    "look_at",
    "open_attempt",
    "settle",
    "start",
    "sweep",
]
