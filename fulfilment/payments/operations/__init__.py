"""Everything that changes a payment: asking for it, finding out what came of it, giving it up, giving it back."""

from .acquiring import apply_notice, store_notice
from .answering import HoldAnswered, HoldStuck, accept_hold, carry_out_hold, refuse_hold, remind_of_holds
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
from .transfers import (
    DoesNotAddUp,
    KnownReference,
    NotAwaited,
    NotWaiting,
    match_credits,
    record_credit,
    remind_of_transfers,
    return_credit,
)

__all__ = [
    "AccountsDiffer",
    "DoesNotAddUp",
    "KnownReference",
    "HoldAnswered",
    "HoldStuck",
    "MoneyHeld",
    "MoreThanCaptured",
    "NotAwaited",
    "NotFailed",
    "NotWaiting",
    "NothingHeld",
    "NothingToPay",
    "Reconciliation",
    "StillPaying",
    "accept_hold",
    "apply_event",
    "apply_notice",
    "call_off",
    "cancel_order",
    "carry_out_hold",
    "check_accounts",
    "collect_cash",
    "drop_cash",
    "expire_order",
    "fill_gaps",
    "forget_events",
    "give_back_held",
    "look_at",
    "look_at_refunds",
    "match_credits",
    "open_attempt",
    "owe_refund",
    "reconcile",
    "record_credit",
    "refund_again",
    "remind_of_transfers",
    "return_credit",
    "refuse_hold",
    "remind_of_holds",
    "send_refund",
    "settle",
    "settle_refund",
    "settle_told",
    "start",
    "store_event",
    "store_notice",
    "sweep",
]
