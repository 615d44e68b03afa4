"""Giving money back: the row first, the provider outside any transaction, the end from what the provider says."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.money import ZERO
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments import returning, signals
from fulfilment.payments.disputing.queries import at_stake, keeping_money
from fulfilment.payments.gateways import REMOTE, provider_for, remote_for
from fulfilment.payments.gateways.base import GiveBack, GivenBack, ProviderRefused
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.payments.policies import KEY_LIVES

log = logging.getLogger("fulfilment.payments")
State = Refund.State
SEND_REFUND = "fulfilment.payments.send_refund"
STILL_DUE_AFTER = timedelta(minutes=20)


class MoreThanCaptured(Exception):
    """So much was not captured, or was given back already. ``left`` is what can still be given back."""

    def __init__(self, left: Decimal) -> None:
        self.left = left
        super().__init__(f"only {left} is left to give back")


class PaymentDisputed(Exception):
    """The buyer's bank has taken this money, or may keep it: given back here too, it would be lost twice."""


@transaction.atomic
def owe_refund(*, attempt_id: int, amount: Decimal, reason: str, now: datetime) -> Refund:
    """Write that money which never became a sale is to be given back, and the job that asks for it.

    Locks the attempt, so that of two at once the second sees the first. Announces ``refund_owed``; raises
    ``MoreThanCaptured`` or ``PaymentDisputed``. What was sold is given back by ``ask_refund``.
    """
    attempt = lock_one(PaymentAttempt.objects.filter(pk=attempt_id))
    check_left(attempt, amount)
    refund = Refund.objects.create(
        attempt=attempt, amount=amount, currency=attempt.currency, reason=reason, created_at=now, updated_at=now
    )
    make_due(refund, now=now)
    return refund


def owe_late(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Owe what disputes have left of a locked attempt whose money came too late. Raises ``PaymentDisputed``."""
    left = left_of(attempt)
    if left > 0:
        owe_refund(attempt_id=attempt.pk, amount=left, reason=Refund.Reason.PAID_TOO_LATE, now=now)


def check_left(attempt: PaymentAttempt, amount: Decimal) -> None:
    """Raise ``MoreThanCaptured`` where so much is not left of a locked attempt; ``PaymentDisputed`` as below."""
    left = left_of(attempt)
    if amount > left:
        raise MoreThanCaptured(left)


def left_of(attempt: PaymentAttempt) -> Decimal:
    """Say what refunds and disputes have left of a locked attempt. Raises ``PaymentDisputed`` as below."""
    return attempt.captured - given_back(attempt) - taken_by_disputes(attempt)


def taken_by_disputes(attempt: PaymentAttempt) -> Decimal:
    """Add up what disputes took of a locked attempt for good.

    Raises ``PaymentDisputed`` while one lasts, or where one speaks another currency: a person sees to that.
    """
    found = list(keeping_money().filter(attempt=attempt))
    if any(one.at_stake or one.currency != attempt.currency for one in found):
        raise PaymentDisputed(attempt.order_id)
    return sum((one.amount for one in found), ZERO)


def given_back(attempt: PaymentAttempt) -> Decimal:
    """Add up what of an attempt was given back, will be, or waits for a second person; what came to naught not."""
    standing = attempt.refunds.exclude(state__in=Refund.NULL_STATES)
    return standing.aggregate(sum=Sum("amount"))["sum"] or ZERO


def make_due(refund: Refund, *, now: datetime, by: Any = None) -> None:
    """Take a written refund back in the ledger, and have it sent where a provider does that. Its rows are locked."""
    if not refund.of_held_money:
        returning.take_back(refund, now=now)
    note(refund, "refund_owed", now, by=by)
    if refund.way == Refund.Way.CARD:
        enqueue(task=SEND_REFUND, key=f"refund:{refund.pk}", payload={"refund_id": refund.pk}, now=now)
    events.announce(signals.refund_owed, order_id=refund.attempt.order_id, refund_id=refund.pk)


def send_refund(*, refund_id: int, now: datetime, patient: bool = True) -> None:
    """Ask the provider for a refund, or what became of it. Any number of calls give back once: the key is the same.

    A refusal makes it fail, for a person to see. While a dispute lasts nothing is asked for: the sweep does it once
    that is over. Raises ``ProviderUnavailable``.
    """
    refund = Refund.objects.select_related("attempt__order").get(pk=refund_id)
    if refund.state not in Refund.OPEN_STATES or refund.way != Refund.Way.CARD:
        return
    if not refund.provider_id and at_stake().filter(attempt=refund.attempt_id).exists():
        return
    name = refund.attempt.provider
    try:
        if refund.provider_id and name in REMOTE:
            answer = remote_for(name, patient=patient).find_refund(refund.provider_id)
        else:
            answer = provider_for(name, patient=patient).refund(_asked(refund, now))
    except ProviderRefused as error:
        _write(refund.pk, State.FAILED, now, error=str(error))
        return
    record_refund(refund_id=refund.pk, answer=answer, now=now)


def _asked(refund: Refund, now: datetime) -> GiveBack:
    return GiveBack(
        key=refund.key,
        payment_id=refund.attempt.intent_id or "",
        amount=refund.amount,
        currency=refund.currency,
        order_number=refund.attempt.order.number,
        refund=refund.pk,
        look_first=now - refund.created_at > KEY_LIVES,
    )


def settle_refund(*, provider_id: str, now: datetime) -> Refund | None:
    """Ask what became of a refund the provider spoke of, and write it down; None when it is none of ours."""
    answer = provider_for("stripe").find_refund(provider_id)
    known = Refund.objects.filter(provider_id=provider_id)
    number = answer.metadata.get("refund", "")
    asked = Refund.objects.filter(pk=int(number) if number.isdecimal() else None, provider_id=None)
    refund = known.first() or asked.filter(attempt__intent_id=answer.payment_id).first()
    if refund is None:
        log.error("a refund nobody here asked for: %s of payment %s", provider_id, answer.payment_id)
        return None
    return record_refund(refund_id=refund.pk, answer=answer, now=now)


def record_refund(*, refund_id: int, answer: GivenBack, now: datetime) -> Refund:
    """Write what the provider said of a refund. One that went through may still fail; one that failed stays failed."""
    refund = Refund.objects.get(pk=refund_id)
    if (answer.amount, answer.currency) != (refund.amount, refund.currency):
        error = f"given back {answer.amount} {answer.currency}, asked {refund.amount} {refund.currency}"
        return _write(refund_id, State.FAILED, now, provider_id=answer.id, error=error)
    return _write(refund_id, answer.state, now, provider_id=answer.id, error=answer.error)


@transaction.atomic
def _write(refund_id: int, state: str, now: datetime, *, provider_id: str = "", error: str = "") -> Refund:
    refund = locked(refund_id)
    stale = refund.state == State.SUCCEEDED and state == State.PENDING
    if refund.state in Refund.NULL_STATES or stale or (refund.state == state and refund.provider_id):
        return refund
    refund.provider_id = provider_id or refund.provider_id
    return move(refund, state, now=now, error=error)


def locked(refund_id: int) -> Refund:
    """Lock a refund's order, its attempt, then itself."""
    attempt_id, order_id = Refund.objects.values_list("attempt", "attempt__order").get(pk=refund_id)
    lock(Order.objects.filter(pk=order_id))
    lock(PaymentAttempt.objects.filter(pk=attempt_id))
    return lock_one(Refund.objects.select_related("attempt__order").filter(pk=refund_id))


def move(refund: Refund, state: str, *, now: datetime, error: str = "", by: Any = None) -> Refund:
    """Write what became of a locked refund, book it, and tell. Failed, what it took back is put back."""
    had_gone = refund.state == State.SUCCEEDED
    refund.state, refund.last_error, refund.updated_at = state, error[:300], now
    refund.save(update_fields=["state", "last_error", "updated_at", "provider_id"])
    order_id = refund.attempt.order_id
    if state == State.SUCCEEDED:
        note(refund, "refund_made", now, by=by)
        if refund.of_held_money:
            returning.send_held(refund, now=now)
        events.announce(signals.refund_made, order_id=order_id, refund_id=refund.pk)
    elif state == State.FAILED:
        log.error("refund failed: refund=%s order=%s %s", refund.pk, order_id, error)
        note(refund, "refund_failed", now, by=by)
        if not refund.of_held_money:
            returning.put_back(refund, now=now, reason=error or "failed")
        elif had_gone:
            returning.hold_again(refund, now=now)
        events.announce(signals.refund_failed, order_id=order_id, refund_id=refund.pk)
    return refund


def note(refund: Refund, kind: str, now: datetime, *, by: Any = None) -> None:
    """Put a step of a refund on its order's timeline."""
    data = {"refund": refund.pk, "amount": str(refund.amount), "currency": refund.currency, "reason": refund.reason}
    OrderEvent.objects.create(order_id=refund.attempt.order_id, kind=kind, at=now, by=by, data=data)


def open_refunds(now: datetime) -> list[int]:
    """Return the refunds that nothing was heard of for a while, those left out that wait for a dispute to end."""
    silent = Refund.objects.filter(
        way=Refund.Way.CARD, state__in=Refund.OPEN_STATES, updated_at__lte=now - STILL_DUE_AFTER
    )
    silent = silent.exclude(Exists(at_stake().filter(attempt=OuterRef("attempt"))), provider_id=None)
    return list(silent.order_by("updated_at").values_list("pk", flat=True)[:50])
