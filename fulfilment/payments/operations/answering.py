"""Answering for a card that is held: one answer, then the bank does what was answered."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import OrderEvent
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.holding.queries import to_remind_of
from fulfilment.payments.models import PaymentAttempt

from .paying import record

log = logging.getLogger("fulfilment.payments")
State, Answer = PaymentAttempt.State, Hold.Answer
CARRY_OUT = "fulfilment.payments.carry_out_hold"
EVENTS = {Answer.ACCEPTED: "accepted", Answer.REFUSED: "declined"}


class HoldAnswered(Exception):
    """Someone answered already, or the time for it is over. ``answer`` is what stands; empty when none does."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__(f"answered already: {answer or 'too late'}")


class HoldStuck(Exception):
    """The bank did not do what was answered; it is asked again."""


def accept_hold(*, hold_id: int, now: datetime, by: Any = None) -> Hold:
    """Accept to make what was ordered; the card is charged by ``carry_out_hold``. Raises ``HoldAnswered``."""
    return _answer(hold_id, Answer.ACCEPTED, now, by)


def refuse_hold(*, hold_id: int, reason: str, now: datetime, by: Any = None) -> Hold:
    """Refuse to make it; the card is freed by ``carry_out_hold``, then the order ends. Raises ``HoldAnswered``."""
    return _answer(hold_id, Answer.REFUSED, now, by, reason)


@transaction.atomic
def _answer(hold_id: int, answer: Answer, now: datetime, by: Any, reason: str = "") -> Hold:
    """Write the one answer with its job: of two at once, the row tells one of them that it decided."""
    if not _claim(hold_id, answer, now, by, reason):
        raise HoldAnswered(Hold.objects.values_list("answer", flat=True).get(pk=hold_id))
    hold = Hold.objects.select_related("attempt").get(pk=hold_id)
    data = {"reason": reason} if reason else {}
    OrderEvent.objects.create(order_id=hold.attempt.order_id, kind=EVENTS[answer], at=now, by=by, data=data)
    enqueue(task=CARRY_OUT, key=f"hold:{hold_id}", payload={"hold_id": hold_id}, now=now)
    return hold


def _claim(hold_id: int, answer: Answer, now: datetime, by: Any, reason: str) -> bool:
    unanswered = Hold.objects.filter(pk=hold_id, answer="", answer_by__gt=now)
    return bool(unanswered.update(answer=answer, answered_at=now, answered_by=by, reason=reason))


def carry_out_hold(*, hold_id: int, now: datetime, patient: bool = True) -> PaymentAttempt:
    """Do at the bank what was answered: take the money, or free the card. Any number of calls do it once.

    Raises ``ProviderUnavailable``, ``ProviderRefused``, ``HoldStuck``; the job and the sweep ask again.
    """
    hold = Hold.objects.select_related("attempt").get(pk=hold_id)
    attempt = hold.attempt
    if not hold.answer or attempt.state != State.AUTHORISED:
        return attempt
    provider = provider_for(attempt.provider, patient=patient)
    does = provider.capture if hold.answer == Answer.ACCEPTED else provider.cancel
    attempt = record(attempt, does(attempt.intent_id or ""), now)
    if attempt.state == State.AUTHORISED:
        raise HoldStuck(f"hold {hold_id} was {hold.answer}, and the card is held still")
    return attempt


@transaction.atomic
def remind_of_holds(*, now: datetime) -> int:
    """Say once of each hold that its time ends tomorrow: in the log, on the order's timeline, on the office's page."""
    holds = lock(to_remind_of(now))
    for hold in holds:
        Hold.objects.filter(pk=hold.pk).update(reminded_at=now)
        order_id = PaymentAttempt.objects.values_list("order_id", flat=True).get(pk=hold.attempt_id)
        OrderEvent.objects.create(order_id=order_id, kind="hold_ends_soon", at=now)
        log.warning("a card is held until %s and nobody answered: order=%s", hold.answer_by, order_id)
    return len(holds)
