"""Everything that changes a payment: asking for it, finding out what came of it, giving it up, giving it back."""

from .disputes import (
    AlreadyCharged,
    DisputeOfUnknownPayment,
    NotLost,
    charge_back,
    look_at_disputes,
    record_dispute,
    settle_dispute,
)
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
from .refunds import MoreThanCaptured, NotFailed, PaymentDisputed, owe_refund, refund_again, send_refund, settle_refund
from .replying import AlreadyAnswered, NotToAnswer, answer_dispute, keep_explanation, send_answer
from .starting import NothingToPay, open_attempt, start
from .telling import apply_event, fill_gaps, forget_events, store_event

__all__ = [
    "AccountsDiffer",
    "AlreadyAnswered",
    "AlreadyCharged",
    "DisputeOfUnknownPayment",
    "MoneyHeld",
    "MoreThanCaptured",
    "NotFailed",
    "NotLost",
    "NotToAnswer",
    "NothingHeld",
    "NothingToPay",
    "PaymentDisputed",
    "Reconciliation",
    "StillPaying",
    "answer_dispute",
    "apply_event",
    "call_off",
    "cancel_order",
    "charge_back",
    "check_accounts",
    "collect_cash",
    "drop_cash",
    "expire_order",
    "fill_gaps",
    "forget_events",
    "give_back_held",
    "keep_explanation",
    "look_at",
    "look_at_disputes",
    "look_at_refunds",
    "open_attempt",
    "owe_refund",
    "reconcile",
    "record_dispute",
    "refund_again",
    "send_answer",
    "send_refund",
    "settle",
    "settle_dispute",
    "settle_refund",
    "settle_told",
    "start",
    "store_event",
    "sweep",
]
