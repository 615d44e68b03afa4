"""Everything that changes a payment: asking for it, finding out what came of it, giving it up, giving it back."""

from .ending import (
    MoneyHeld,
    NothingHeld,
    StillPaying,
    call_off,
    cancel_order,
    expire_order,
    give_back_held,
    look_at,
    look_at_refunds,
    sweep,
)
from .paying import collect_cash, drop_cash, settle, settle_told
from .reconciling import AccountsDiffer, Reconciliation, check_accounts, reconcile
from .refunds import MoreThanCaptured, NotFailed, owe_refund, refund_again, send_refund, settle_refund
from .starting import NothingToPay, open_attempt, start
from .telling import apply_event, fill_gaps, forget_events, store_event

__all__ = [
    "AccountsDiffer",
    "MoneyHeld",
    "MoreThanCaptured",
    "NotFailed",
    "NothingHeld",
    "NothingToPay",
    "Reconciliation",
    "StillPaying",
    "apply_event",
    "call_off",
    "cancel_order",
    "check_accounts",
    "collect_cash",
    "drop_cash",
    "expire_order",
    "fill_gaps",
    "forget_events",
    "give_back_held",
    "look_at",
    "look_at_refunds",
    "open_attempt",
    "owe_refund",
    "reconcile",
    "refund_again",
    "send_refund",
    "settle",
    "settle_refund",
    "settle_told",
    "start",
    "store_event",
    "sweep",
]
