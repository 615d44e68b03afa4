"""Giving a payment up: at the provider first, then here. Also what the sweep does each minute."""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q

from catalogue.kernel.locks import lock, lock_one
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments import booking
from fulfilment.payments.gateways import REMOTE, remote_for
from fulfilment.payments.gateways.base import Payment, ProviderRefused, ProviderUnavailable
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.holding.queries import rests
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import GIVEN_BACK
from fulfilment.payments.queries import abandoned_orders, looked_at

from .answering import HoldStuck, carry_out_hold
from .holding import let_go
from .paying import record, settle, write_state
from .refunds import open_refunds, send_refund
from .starting import WAITING, asked, drop_unmade

log = logging.getLogger("fulfilment.payments")
State = PaymentAttempt.State
Key = TypeVar("Key", int, str)
SILENCES = 2
SWEEP_SECONDS = 15
"""No attempt is begun later in a sweep. One may cost three calls; all of it fits the money queue's minute."""


class StillPaying(Exception):
    """The provider has not let go of the payment: it went through, or is being worked on."""


class MoneyHeld(StillPaying):
    """Money came in that is not what was asked: a person decides before anything is undone."""


class NothingHeld(Exception):
    """No money of this order waits for a person."""


def call_off(
    *, order_id: int, now: datetime, patient: bool = True, answer: str = Hold.Answer.LAPSED, by: Any = None
) -> None:
    """Make the provider give up every open payment of an order, before anything of the order is undone.

    For a transfer there is nobody to ask: money that comes all the same waits for a person. Raises ``StillPaying``
    when a provider does not, ``MoneyHeld`` when money of the order is held for a person, ``ProviderUnavailable`` when
    it cannot be asked. A card that is held is freed with ``answer``, unless someone accepted meanwhile: then it is
    still being paid.
    """
    waiting = PaymentAttempt.objects.filter(order_id=order_id, provider__in=REMOTE, state__in=WAITING)
    for attempt in waiting.select_related("order"):
        if _drop_unasked(attempt, now):
            continue
        if attempt.hold and not let_go(attempt, answer, now, by):
            raise StillPaying(order_id)
        payment = _cancelled(attempt, now, patient)
        if payment is None:
            drop_unmade(attempt, now)
            continue
        recorded = record(attempt, payment, now)
        if recorded.state not in (State.CANCELLED, State.QUARANTINED):
            raise StillPaying(order_id)
    if looked_at(PaymentAttempt.objects.filter(order_id=order_id)).exists():
        raise MoneyHeld(order_id)


def _drop_unasked(attempt: PaymentAttempt, now: datetime) -> bool:
    """Give up an attempt that the provider never heard of; False when it may have."""
    unasked = PaymentAttempt.objects.filter(pk=attempt.pk, state=State.STARTED, intent_id=None)
    return bool(unasked.filter(updated_at=F("created_at")).update(state=State.CANCELLED, updated_at=now))


def _cancelled(attempt: PaymentAttempt, now: datetime, patient: bool) -> Payment | None:
    """Cancel at the provider. One that was asked for and lost is found again; None when it was never made."""
    provider = remote_for(attempt.provider, patient=patient)
    intent_id = attempt.intent_id
    if not intent_id:
        payment = asked(provider, attempt, now)
        if payment is None:
            return None
        intent_id = payment.id
        PaymentAttempt.objects.filter(pk=attempt.pk).update(intent_id=intent_id)
    return provider.cancel(intent_id)


def cancel_order(*, order_id: int, now: datetime, by: object = None) -> None:
    """Cancel an order for its buyer or the office: its open payment first, then the order, which then owes what was
    paid for it. Raises what both raise.
    """
    call_off(order_id=order_id, now=now, answer=Hold.Answer.WITHDRAWN, by=by)
    orders.cancel(order_id=order_id, now=now, by=by)


def expire_order(*, order_id: int, now: datetime, patient: bool = True) -> bool:
    """Give up an order that was not paid in time, once the provider agreed; tell whether it was given up."""
    try:
        call_off(order_id=order_id, now=now, patient=patient)
    except StillPaying:
        return False
    orders.expire(order_id=order_id, now=now)
    return True


@transaction.atomic
def give_back_held(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Note that a person gave held money back at the bank; the order then ends like any that was not paid.

    Locks the order, then the attempt. Raises ``NothingHeld``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    held = lock(PaymentAttempt.objects.filter(order_id=order_id, state=State.QUARANTINED))
    if not held:
        raise NothingHeld(order.number)
    for attempt in held:
        write_state(attempt, State.CANCELLED, now, error=f"{GIVEN_BACK}: {attempt.last_error}")
        booking.give_back(attempt, now=now)
        OrderEvent.objects.create(
            order=order, kind="payment_given_back", at=now, by=by, data={"intent": attempt.intent_id}
        )


def look_at(*, attempt_id: int, now: datetime) -> None:
    """Look at one open attempt: settle what was paid, give up what is over its time. The sweep's step."""
    attempt = PaymentAttempt.objects.select_related("order").get(pk=attempt_id)
    order = attempt.order
    if attempt.intent_id:
        attempt = settle(intent_id=attempt.intent_id, now=now, patient=False)
    if attempt.state not in WAITING:
        return
    hold = Hold.objects.filter(attempt=attempt).first() if attempt.state == State.AUTHORISED else None
    order.refresh_from_db(fields=["status", "reserved_until"])  # a card that is held now keeps its order for days
    if hold and hold.answer:
        carry_out_hold(hold_id=hold.pk, now=now, patient=False)
        return
    astray = attempt.hold and attempt.state == State.AUTHORISED and not hold  # held for something else than was asked
    given_up = order.status != Order.Status.PENDING_PAYMENT  # by someone else: nothing may be taken for it any more
    if astray or given_up:
        call_off(order_id=order.pk, now=now, patient=False)
    elif order.reserved_until is not None and order.reserved_until <= now:
        expire_order(order_id=order.pk, now=now, patient=False)


def sweep(*, now: datetime) -> int:
    """Look at every card payment that is not over, then give up overdue orders that nothing can come for.

    One attempt that fails stops no other. Two silences in a row, or ``SWEEP_SECONDS``, end this round; what was
    looked at longest ago comes first in the next.
    """
    looked = _sweep_attempts(now)
    for order_id in list(abandoned_orders(now)):
        try:
            orders.expire(order_id=order_id, now=now)
        except orders.ImpossibleMove as error:
            log.warning("moved meanwhile: %s", error)
    return looked


def _sweep_attempts(now: datetime) -> int:
    late = Q(intent_id__isnull=False) | Q(order__reserved_until__lte=now)
    given_up = Q(order__status__in=(Order.Status.CANCELLED, Order.Status.EXPIRED))
    waiting = PaymentAttempt.objects.filter(
        ~rests(now),
        Q(order__status=Order.Status.PENDING_PAYMENT) & late | given_up,
        provider__in=REMOTE,
        state__in=WAITING,
    )
    looked = silent = 0
    until = time.monotonic() + SWEEP_SECONDS
    for attempt_id in list(waiting.order_by("updated_at", "pk").values_list("pk", flat=True)):
        if silent == SILENCES or time.monotonic() > until:
            break
        try:
            look_at(attempt_id=attempt_id, now=now)
            looked, silent = looked + 1, 0
        except ProviderUnavailable as error:
            log.warning("provider unavailable: attempt=%s %s", attempt_id, error)
            silent += 1
            _look_later(attempt_id, now)
        except ProviderRefused as error:
            log.error("refused by the provider: attempt=%s %s", attempt_id, error)
            _look_later(attempt_id, now)
        except (orders.ImpossibleMove, StillPaying, HoldStuck) as error:
            log.warning("moved meanwhile: attempt=%s %s", attempt_id, error)
    return looked


def look_at_refunds(*, now: datetime) -> None:
    """Ask again for refunds that nothing was heard of: their job may have given up while the provider was away."""
    ask_in_turn("refund", open_refunds(now), lambda key: send_refund(refund_id=key, now=now, patient=False))


def ask_in_turn(
    what: str,
    keys: Iterable[Key],
    ask: Callable[[Key], object],
    *,
    refusals: tuple[type[Exception], ...] = (),
    refused: Callable[[Key, Exception], object] = lambda key, error: None,
) -> None:
    """Ask the provider about one after the other, until the time of a round is over or it does not answer.

    One of ``refusals`` stops no other: ``refused`` is told of it.
    """
    until = time.monotonic() + SWEEP_SECONDS
    for key in keys:
        if time.monotonic() > until:
            return
        try:
            ask(key)
        except ProviderUnavailable as error:
            log.warning("provider unavailable: %s=%s %s", what, key, error)
            return
        except refusals as error:
            refused(key, error)


def _look_later(attempt_id: int, now: datetime) -> None:
    """Let the others come first in the next round."""
    PaymentAttempt.objects.filter(pk=attempt_id, intent_id__isnull=False).update(updated_at=now)
