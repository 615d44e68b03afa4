"""Giving money back: the row first, the provider outside any transaction, the end from what the provider says."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from catalogue.kernel import events
from catalogue.kernel.locks import lock
from catalogue.kernel.money import ZERO
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import OrderEvent
from fulfilment.payments import booking, signals
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import GiveBack, GivenBack, ProviderRefused
from fulfilment.payments.models import Dispute, PaymentAttempt, Refund
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


class NotFailed(Exception):
    """This refund did not fail; there is nothing to do again."""


@transaction.atomic
def owe_refund(*, attempt_id: int, amount: Decimal, reason: str, now: datetime) -> Refund:
    """Write that money of an attempt is to be given back, and the job that asks for it.

    Locks the attempt, so that of two at once the second sees the first. Announces ``refund_owed``; raises
    ``MoreThanCaptured`` or ``PaymentDisputed``.
    """
    attempt = lock(PaymentAttempt.objects.filter(pk=attempt_id))[0]
    left = attempt.captured - given_back(attempt) - taken_by_disputes(attempt)
    if amount > left:
        raise MoreThanCaptured(left)
    refund = Refund.objects.create(
        attempt=attempt, amount=amount, currency=attempt.currency, reason=reason, created_at=now, updated_at=now
    )
    _note(refund, "refund_owed", now)
    enqueue(task=SEND_REFUND, key=f"refund:{refund.pk}", payload={"refund_id": refund.pk}, now=now)
    events.announce(signals.refund_owed, order_id=attempt.order_id, refund_id=refund.pk)
    return refund


def taken_by_disputes(attempt: PaymentAttempt) -> Decimal:
    """Add up what disputes took of a locked attempt for good. Raises ``PaymentDisputed`` while one lasts."""
    states = (*Dispute.MONEY_AT_STAKE, Dispute.State.LOST)
    found = attempt.disputes.filter(state__in=states).values_list("state", "amount")
    if any(state in Dispute.MONEY_AT_STAKE for state, _amount in found):
        raise PaymentDisputed(attempt.order_id)
    return sum((amount for _state, amount in found), ZERO)


def given_back(attempt: PaymentAttempt) -> Decimal:
    """Add up what of an attempt was given back or will be; what failed does not count."""
    return attempt.refunds.exclude(state=State.FAILED).aggregate(sum=Sum("amount"))["sum"] or ZERO


def refund_again(*, refund_id: int, now: datetime) -> Refund:
    """Try once more what failed, as a new refund with a key of its own: for a person. Raises ``NotFailed``."""
    refund = Refund.objects.get(pk=refund_id)
    if refund.state != State.FAILED:
        raise NotFailed(refund_id)
    return owe_refund(attempt_id=refund.attempt_id, amount=refund.amount, reason=refund.reason, now=now)


def send_refund(*, refund_id: int, now: datetime, patient: bool = True) -> None:
    """Ask the provider for a refund, or what became of it. Any number of calls give back once: the key is the same.

    A refusal makes it fail, for a person to see. Raises ``ProviderUnavailable``.
    """
    refund = Refund.objects.select_related("attempt__order").get(pk=refund_id)
    if refund.state not in Refund.OPEN_STATES:
        return
    provider = provider_for(refund.attempt.provider, patient=patient)
    try:
        if refund.provider_id:
            answer = provider.find_refund(refund.provider_id)
        else:
            answer = provider.refund(_asked(refund, now))
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
    """Locks the attempt, then the refund."""
    lock(PaymentAttempt.objects.filter(refunds=refund_id))
    refund = lock(Refund.objects.filter(pk=refund_id))[0]
    stale = refund.state == State.SUCCEEDED and state == State.PENDING
    if refund.state == State.FAILED or stale or (refund.state == state and refund.provider_id):
        return refund
    had_gone = refund.state == State.SUCCEEDED
    refund.state, refund.last_error, refund.updated_at = state, error[:300], now
    refund.provider_id = provider_id or refund.provider_id
    refund.save(update_fields=["state", "last_error", "updated_at", "provider_id"])
    order_id = PaymentAttempt.objects.values_list("order_id", flat=True).get(pk=refund.attempt_id)
    if state == State.SUCCEEDED:
        _note(refund, "refund_made", now)
        booking.give_back(refund.attempt, now=now, reason=refund.key)
        events.announce(signals.refund_made, order_id=order_id, refund_id=refund.pk)
    elif state == State.FAILED:
        log.error("refund failed: refund=%s order=%s %s", refund.pk, order_id, error)
        _note(refund, "refund_failed", now)
        if had_gone:
            booking.hold_again(
                refund.attempt, refund=refund.key, received=refund.amount, currency=refund.currency, now=now
            )
        events.announce(signals.refund_failed, order_id=order_id, refund_id=refund.pk)
    return refund


def _note(refund: Refund, kind: str, now: datetime) -> None:
    order_id = PaymentAttempt.objects.values_list("order_id", flat=True).get(pk=refund.attempt_id)
    data = {"refund": refund.pk, "amount": str(refund.amount), "currency": refund.currency, "reason": refund.reason}
    OrderEvent.objects.create(order_id=order_id, kind=kind, at=now, data=data)


def open_refunds(now: datetime) -> list[int]:
    """Return the refunds that nothing was heard of for a while."""
    silent = Refund.objects.filter(state__in=Refund.OPEN_STATES, updated_at__lte=now - STILL_DUE_AFTER)
    return list(silent.order_by("updated_at").values_list("pk", flat=True)[:50])
