"""Disputes as the provider tells them: asked for, written down with what moved, booked, and borne by someone."""

import logging
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments import signals
from fulfilment.payments.disputing import booking as disputing
from fulfilment.payments.disputing.booking import NothingToCharge as NothingToCharge
from fulfilment.payments.disputing.queries import silent
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import (
    Disputed,
    NoSuchPayment,
    NotUnderstood,
    ProviderRefused,
)
from fulfilment.payments.models import Dispute, DisputeMovement, PaymentAttempt
from fulfilment.payments.policies import moves_on

from .ending import ask_in_turn
from .payees import stop_taken
from .paying import settle_told
from .refunding import give_back_waiting

log = logging.getLogger("fulfilment.payments")
State = Dispute.State


class DisputeOfUnknownPayment(Exception):
    """The provider took money for a payment that nobody here knows: a person must look."""

    def __init__(self, dispute_id: str, payment_id: str) -> None:
        super().__init__(f"dispute {dispute_id} is of payment {payment_id or '(none)'}, which nobody here knows")


class NotLost(Exception):
    """Only a dispute that was lost is borne by anyone."""


class AlreadyCharged(Exception):
    """The cooperatives were charged with this dispute already."""


def settle_dispute(*, provider_id: str, now: datetime) -> Dispute:
    """Ask what became of a dispute and write it down. Any number of calls, in any order, do the same.

    Raises ``ProviderUnavailable``, ``NoSuchPayment``, ``DisputeOfUnknownPayment``.
    """
    told = provider_for("stripe").find_dispute(provider_id)
    return record_dispute(attempt=_attempt_of(told, now), told=told, now=now)


def _attempt_of(told: Disputed, now: datetime) -> PaymentAttempt:
    found = PaymentAttempt.objects.filter(intent_id=told.payment_id or "-").first()
    if found is None and told.charge_id:
        found = PaymentAttempt.objects.filter(charge_id=told.charge_id).first()
    if (found is None or not found.captured) and told.payment_id:  # its money comes before what is taken of it
        keeps = told.state in Dispute.KEEPS_MONEY
        with suppress(NoSuchPayment):
            found = settle_told(intent_id=told.payment_id, now=now, disputed=keeps) or found
    if found is None:
        raise DisputeOfUnknownPayment(told.id, told.payment_id)
    return found


@transaction.atomic
def record_dispute(*, attempt: PaymentAttempt, told: Disputed, now: datetime) -> Dispute:
    """Write what the provider said of a dispute and book what moved. Locks the order, the attempt, the dispute.

    Announces ``dispute_opened`` and ``dispute_closed``, each once. What waited to be given back and was not lost
    is owed; transfers of what was lost are not made any more.
    """
    lock(Order.objects.filter(pk=attempt.order_id))
    attempt = lock_one(PaymentAttempt.objects.select_related("order").filter(pk=attempt.pk))
    known = lock(Dispute.objects.filter(provider_id=told.id))
    dispute = known[0] if known else _opened(attempt, told)
    dispute.attempt = attempt
    was_open, was = dispute.is_open and bool(known), dispute.state
    new = _write(dispute, told, is_new=not known, now=now)
    _book(dispute, new, was, now)
    if dispute.is_open and not was_open:
        log.error("dispute opened: order=%s dispute=%s", attempt.order_id, told.id)
        events.announce(signals.dispute_opened, order_id=attempt.order_id, dispute_id=dispute.pk)
    elif not dispute.is_open and (not known or dispute.state != was):
        won = dispute.state != State.LOST
        if not known:
            events.announce(signals.dispute_opened, order_id=attempt.order_id, dispute_id=dispute.pk)
        events.announce(signals.dispute_closed, order_id=attempt.order_id, dispute_id=dispute.pk, won=won)
        stop_taken(attempt, now=now)
        give_back_waiting(attempt=attempt, now=now)
    return dispute


def _opened(attempt: PaymentAttempt, told: Disputed) -> Dispute:
    return Dispute(attempt=attempt, provider_id=told.id, state=told.state, opened_at=told.opened_at)


def _write(dispute: Dispute, told: Disputed, *, is_new: bool, now: datetime) -> list[DisputeMovement]:
    """Bring the row up to date; return the movements that are new."""
    if moves_on(dispute.state, told.state):
        began = dispute.is_warning and told.state not in Dispute.WARNINGS  # what was answered before is not counted
        dispute.submissions = told.submissions if began else max(dispute.submissions, told.submissions)
        dispute.state = told.state
        dispute.evidence_due_at, dispute.reason = told.due_at, told.reason[:40]
        dispute.amount, dispute.currency = told.amount, told.currency
    taken = [one.moved_at for one in told.movements if one.amount < 0]
    returned = [one.moved_at for one in told.movements if one.amount > 0]
    dispute.withdrawn_at = dispute.withdrawn_at or min(taken, default=None)
    dispute.reinstated_at = dispute.reinstated_at or min(returned, default=None)
    dispute.closed_at = None if dispute.is_open else dispute.closed_at or now
    if dispute.state == State.LOST:
        dispute.bearer = dispute.bearer or Dispute.Bearer.OFFICE
    else:
        dispute.bearer = ""
    dispute.updated_at = now
    dispute.save()
    known = set() if is_new else set(dispute.movements.values_list("provider_id", flat=True))
    return [
        DisputeMovement.objects.create(
            dispute=dispute,
            provider_id=one.id,
            amount=one.amount,
            fee=one.fee,
            currency=one.currency,
            moved_at=one.moved_at,
        )
        for one in told.movements
        if one.id not in known
    ]


def _book(dispute: Dispute, moved: list[DisputeMovement], was: str, now: datetime) -> None:
    if not disputing.is_bookable(dispute):
        log.error("dispute in another currency than its payment: %s in %s", dispute.provider_id, dispute.currency)
        return
    for movement in moved:
        disputing.book_movement(dispute, movement, now=now)
    if dispute.state == State.LOST:
        disputing.lose(dispute, now=now)
    elif was == State.LOST:
        disputing.take_back_loss(dispute, now=now)


@transaction.atomic
def charge_back(*, dispute_id: int, reason: str, now: datetime, by: Any) -> Dispute:
    """Let the cooperatives bear a lost dispute, by contract: a person's decision, with the reason.

    Raises ``NotLost``, ``AlreadyCharged``, ``NothingToCharge``.
    """
    order_id = Dispute.objects.values_list("attempt__order", flat=True).get(pk=dispute_id)
    lock(Order.objects.filter(pk=order_id))
    lock(PaymentAttempt.objects.filter(disputes=dispute_id))
    dispute = lock_one(Dispute.objects.select_related("attempt__order").filter(pk=dispute_id))
    if dispute.state != State.LOST:
        raise NotLost(dispute.provider_id)
    if dispute.bearer == Dispute.Bearer.COOPERATIVES:
        raise AlreadyCharged(dispute.provider_id)
    disputing.charge_back(dispute, now=now)
    dispute.bearer, dispute.bearer_reason = Dispute.Bearer.COOPERATIVES, reason[:300]
    dispute.bearer_by, dispute.bearer_at = by, now
    dispute.save(update_fields=["bearer", "bearer_reason", "bearer_by", "bearer_at"])
    data = {"dispute": dispute.provider_id, "reason": reason}
    OrderEvent.objects.create(order_id=order_id, kind="dispute_charged_back", at=now, by=by, data=data)
    return dispute


def look_at_disputes(*, now: datetime) -> None:
    """Ask again for disputes that nothing was heard of, the longest first. One that fails stops no other."""

    def refused(provider_id: str, error: Exception) -> None:
        log.error("dispute not settled: dispute=%s %s", provider_id, error)
        Dispute.objects.filter(provider_id=provider_id).update(updated_at=now)  # the others come first the next time

    ask_in_turn(
        "dispute",
        silent(now),
        lambda key: settle_dispute(provider_id=key, now=now),
        refusals=(NotUnderstood, ProviderRefused, DisputeOfUnknownPayment),
        refused=refused,
    )
