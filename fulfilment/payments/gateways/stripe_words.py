"""How Stripe's objects read in the shop's words."""

from datetime import UTC, datetime
from typing import Any

from catalogue.kernel.money import from_minor

from .base import Disputed, GivenBack, Movement, NotUnderstood, Payment

STATES = {
    "requires_payment_method": "STARTED",
    "requires_confirmation": "STARTED",
    "requires_action": "REQUIRES_ACTION",
    "processing": "PROCESSING",
    "requires_capture": "AUTHORISED",
    "succeeded": "SUCCEEDED",
    "canceled": "CANCELLED",
}
REFUND_STATES = {
    "pending": "PENDING",
    "requires_action": "PENDING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "canceled": "FAILED",
}
DISPUTE_STATES = {
    "warning_needs_response": "WARNING_NEEDS_RESPONSE",
    "warning_under_review": "WARNING_UNDER_REVIEW",
    "warning_closed": "WARNING_CLOSED",
    "needs_response": "NEEDS_RESPONSE",
    "under_review": "UNDER_REVIEW",
    "prevented": "PREVENTED",
    "won": "WON",
    "lost": "LOST",
    "appeal_needs_response": "LOST",  # an appeal changes nothing until it is won
    "appeal_under_review": "LOST",
}
EVENT_TYPES = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.processing",
    "payment_intent.amount_capturable_updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
]
"""What the webhook is subscribed to at Stripe, and what the gap filler asks for."""


def payment_of(intent: Any) -> Payment:
    """Read a PaymentIntent; fee and net when its charge's balance transaction was asked for with it."""
    last_error = intent.last_payment_error
    state = STATES.get(intent.status, "PROCESSING")
    charge = intent.latest_charge
    booked = None if charge is None or isinstance(charge, str) else charge.balance_transaction
    known = booked is not None and not isinstance(booked, str)
    return Payment(
        id=intent.id,
        state="FAILED" if last_error and state == "STARTED" else state,
        amount=from_minor(intent.amount),
        currency=intent.currency.upper(),
        received=from_minor(intent.amount_received or 0),
        client_secret=intent.client_secret or "",
        error=_error_of(last_error) if last_error else "",
        metadata=intent.metadata.to_dict() if intent.metadata else {},
        charge_id=charge if isinstance(charge, str) else charge.id if charge else "",
        fee=from_minor(booked.fee) if known else None,
        net=from_minor(booked.net) if known else None,
        settled_currency=booked.currency.upper() if known else "",
        capture_before=_capture_before(charge),
    )


def _capture_before(charge: Any) -> datetime | None:
    """Return when a card's hold ends; None where the charge was not asked for, or is no card's."""
    details = None if charge is None or isinstance(charge, str) else getattr(charge, "payment_method_details", None)
    ends = getattr(getattr(details, "card", None), "capture_before", None)
    return datetime.fromtimestamp(ends, UTC) if ends else None


def _error_of(last_error: Any) -> str:
    """Name what the bank said, the finer word with it where there is one."""
    finer = getattr(last_error, "decline_code", None)
    code = last_error.code or "declined"
    return f"{code}: {finer}" if finer and finer != "generic_decline" else code


def given_back_of(refund: Any) -> GivenBack:
    return GivenBack(
        id=refund.id,
        state=REFUND_STATES.get(refund.status, "PENDING"),
        amount=from_minor(refund.amount),
        currency=refund.currency.upper(),
        payment_id=refund.payment_intent or "",
        error=getattr(refund, "failure_reason", None) or "",
        metadata=refund.metadata.to_dict() if refund.metadata else {},
    )


def movement_of(row: Any) -> Movement:
    return Movement(
        id=row.id,
        kind=row.type,
        source=str(row.source or row.id),
        amount=from_minor(row.amount),
        currency=row.currency.upper(),
        moved_at=datetime.fromtimestamp(row.created, UTC),
        fee=from_minor(row.fee),
    )


def disputed_of(dispute: Any) -> Disputed:
    """Read a dispute. A state that nobody here knows is no state: raises ``NotUnderstood``."""
    if dispute.status not in DISPUTE_STATES:
        raise NotUnderstood(f"dispute {dispute.id} is {dispute.status}")
    movements = tuple(map(movement_of, dispute.balance_transactions))
    details, metadata = dispute.evidence_details, dispute.metadata.to_dict() if dispute.metadata else {}
    return Disputed(
        id=dispute.id,
        state=_state_of(dispute.status, movements),
        amount=from_minor(dispute.amount),
        currency=dispute.currency.upper(),
        reason=dispute.reason or "",
        payment_id=_id_of(dispute.payment_intent),
        charge_id=_id_of(dispute.charge),
        opened_at=datetime.fromtimestamp(dispute.created, UTC),
        due_at=datetime.fromtimestamp(details.due_by, UTC) if details.due_by else None,
        submissions=details.submission_count,
        movements=movements,
        answer=metadata.get("answer", ""),
    )


def _state_of(status: str, movements: tuple[Movement, ...]) -> str:
    """Name a dispute's state. One that was prevented with the shop's money has paid the buyer: it is lost."""
    state = DISPUTE_STATES[status]
    return "LOST" if state == "PREVENTED" and sum(one.amount for one in movements) < 0 else state


def _id_of(found: Any) -> str:
    return found if isinstance(found, str) else found.id if found else ""
