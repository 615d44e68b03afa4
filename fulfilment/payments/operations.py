"""Asking to be paid, and finding out what came of it.

No provider is ever called while a row is locked: claim or read, call, then write under the lock.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from catalogue.kernel import events
from catalogue.kernel.locks import lock
from fulfilment.orders import operations as orders
from fulfilment.orders import signals
from fulfilment.orders.models import Order

from .gateways import provider_for
from .gateways.base import Charge, NoSuchPayment, Payment, ProviderUnavailable
from .models import PaymentAttempt

log = logging.getLogger(__name__)
State = PaymentAttempt.State
SILENCES = 2
WAITING = (*PaymentAttempt.OPEN_STATES, State.FAILED)
"""A declined card leaves the same payment open for another card."""


class NothingToPay(Exception):
    """The order does not wait for a card payment."""


class StillPaying(Exception):
    """The provider has not let go of the payment: it went through, or is being worked on."""


def open_attempt(*, order: Order, now: datetime) -> PaymentAttempt:
    """Write the first attempt of a new order with its key, in the transaction that places it."""
    return PaymentAttempt.objects.create(
        order=order,
        number=1,
        provider="cash" if order.payment_method == Order.PaymentMethod.CASH else "stripe",
        amount=order.total_incl_tax,
        currency=order.currency,
        idempotency_key=f"order-{order.number}-attempt-1",
        created_at=now,
        updated_at=now,
    )


def start(*, order_id: int, now: datetime) -> Payment:
    """Give the card page what it needs, creating the payment at the provider on the first call.

    Opens no transaction around the call. A second call, or one after a lost answer, gives the same payment.
    Raises ``NothingToPay`` or ``ProviderUnavailable``.
    """
    attempt = _attempt_to_pay(order_id)
    if attempt is None:
        raise NothingToPay(order_id)
    provider = provider_for(attempt.provider)
    if attempt.intent_id:
        return provider.settle(attempt.intent_id)
    if not _claim(attempt, now):
        raise NothingToPay(order_id)
    payment = provider.start(_charge(attempt))
    PaymentAttempt.objects.filter(pk=attempt.pk, intent_id=None).update(intent_id=payment.id, updated_at=now)
    return payment


def _claim(attempt: PaymentAttempt, now: datetime) -> bool:
    """Note, before the first call, that the provider is being asked; False when the attempt was given up meanwhile."""
    asked_at = max(now, attempt.created_at + timedelta(microseconds=1))
    return bool(PaymentAttempt.objects.filter(pk=attempt.pk, state__in=WAITING).update(updated_at=asked_at))


def _drop_unasked(attempt: PaymentAttempt, now: datetime) -> bool:
    """Give up an attempt that the provider never heard of; False when it may have."""
    unasked = PaymentAttempt.objects.filter(pk=attempt.pk, state=State.STARTED, intent_id=None)
    return bool(unasked.filter(updated_at=F("created_at")).update(state=State.CANCELLED, updated_at=now))


def _charge(attempt: PaymentAttempt) -> Charge:
    order = attempt.order
    return Charge(
        key=attempt.idempotency_key,
        order_number=order.number,
        attempt=attempt.number,
        amount=attempt.amount,
        currency=attempt.currency,
        email=order.email,
    )


def _attempt_to_pay(order_id: int) -> PaymentAttempt | None:
    return (
        PaymentAttempt.objects.select_related("order__user")
        .filter(
            order_id=order_id,
            provider="stripe",
            state__in=WAITING,
            order__status=Order.Status.PENDING_PAYMENT,
        )
        .order_by("-number")
        .first()
    )


def settle(*, intent_id: str, now: datetime) -> PaymentAttempt:
    """Ask the provider what became of a payment and write it down: the one way an order becomes paid.

    Serves the return page and the sweep (and later the webhook); any number of calls, in any order, do the same.
    Announces ``payment_settled`` once. Raises ``ProviderUnavailable``, ``PaymentAttempt.DoesNotExist``.
    """
    attempt = PaymentAttempt.objects.get(intent_id=intent_id)
    return _record(attempt, provider_for(attempt.provider).settle(intent_id), now)


@transaction.atomic
def _record(attempt: PaymentAttempt, payment: Payment, now: datetime) -> PaymentAttempt:
    """Write what the provider said. Locks the order, then the attempt."""
    order = lock(Order.objects.filter(pk=attempt.order_id))[0]
    attempt = lock(PaymentAttempt.objects.filter(pk=attempt.pk))[0]
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED, State.CANCELLED) and payment.state != State.SUCCEEDED:
        return attempt  # an older answer that came late undoes nothing
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED):
        return attempt
    if payment.state != State.SUCCEEDED:
        return _set(attempt, payment.state, now, error=payment.error)
    reason = _why_not(attempt, payment, order)
    if reason:
        log.error("payment quarantined: order=%s intent=%s %s", order.number, payment.id, reason)
        return _set(attempt, State.QUARANTINED, now, error=reason)
    _set(attempt, State.SUCCEEDED, now)
    events.announce(signals.payment_settled, order_id=order.pk, attempt_id=attempt.pk)
    return attempt


def _why_not(attempt: PaymentAttempt, payment: Payment, order: Order) -> str:
    """Say what is wrong with money that came in; empty when it is exactly what was asked, for an order that waits."""
    if (payment.received, payment.currency) != (attempt.amount, attempt.currency):
        return f"received {payment.received} {payment.currency}, asked {attempt.amount} {attempt.currency}"
    if payment.metadata.get("order_number") != order.number:
        return f"meant for order {payment.metadata.get('order_number')}"
    if order.status != Order.Status.PENDING_PAYMENT:
        return f"the order is {order.status}"
    return ""


def _set(attempt: PaymentAttempt, state: str, now: datetime, error: str = "") -> PaymentAttempt:
    attempt.state, attempt.last_error, attempt.updated_at = state, error[:300], now
    attempt.save(update_fields=["state", "last_error", "updated_at"])
    return attempt


def call_off(*, order_id: int, now: datetime) -> None:
    """Make the provider give up every open payment of an order, before anything of the order is undone.

    Raises ``StillPaying`` when it does not, ``ProviderUnavailable`` when it cannot be asked.
    """
    waiting = PaymentAttempt.objects.filter(order_id=order_id, provider="stripe", state__in=WAITING)
    for attempt in waiting.select_related("order__user"):
        if _drop_unasked(attempt, now):
            continue
        recorded = _record(attempt, _cancelled(attempt), now)
        if recorded.state != State.CANCELLED:
            raise StillPaying(attempt.order_id)


def _cancelled(attempt: PaymentAttempt) -> Payment:
    """Cancel at the provider. One that was asked for and lost is found again by its key."""
    provider = provider_for(attempt.provider)
    intent_id = attempt.intent_id
    if not intent_id:
        intent_id = provider.start(_charge(attempt)).id
        PaymentAttempt.objects.filter(pk=attempt.pk).update(intent_id=intent_id)
    return provider.cancel(intent_id)


def cancel_order(*, order_id: int, now: datetime, by: object = None) -> None:
    """Cancel an order for its buyer: its open payment first, then the order. Raises what both raise."""
    call_off(order_id=order_id, now=now)
    orders.cancel(order_id=order_id, now=now, by=by)


def expire_order(*, order_id: int, now: datetime) -> bool:
    """Give up an order that was not paid in time, once the provider agreed; tell whether it was given up."""
    try:
        call_off(order_id=order_id, now=now)
    except StillPaying:
        return False
    orders.expire(order_id=order_id, now=now)
    return True


def look_at(*, attempt_id: int, now: datetime) -> None:
    """Look at one open attempt: settle what was paid, give up what is over its time. The sweep's step."""
    attempt = PaymentAttempt.objects.select_related("order").get(pk=attempt_id)
    order = attempt.order
    if attempt.intent_id:
        try:
            attempt = settle(intent_id=attempt.intent_id, now=now)
        except NoSuchPayment:
            log.error("unknown payment: order=%s intent=%s", order.number, attempt.intent_id)
            return
    if attempt.state not in WAITING:
        return
    if order.status != Order.Status.PENDING_PAYMENT:  # given up by someone else: nothing may be taken for it any more
        call_off(order_id=order.pk, now=now)
    elif order.reserved_until is not None and order.reserved_until <= now:
        expire_order(order_id=order.pk, now=now)


def sweep(*, now: datetime) -> int:
    """Look at every card payment that is not over; one without an answer now is asked about again next minute.

    Two silences in a row end this round: the provider is down, and each more would cost half a minute.
    """
    waiting = PaymentAttempt.objects.filter(
        provider="stripe",
        state__in=WAITING,
        order__status__in=(Order.Status.PENDING_PAYMENT, Order.Status.CANCELLED, Order.Status.EXPIRED),
    )
    looked = silent = 0
    for attempt_id in waiting.order_by("pk").values_list("pk", flat=True):
        try:
            look_at(attempt_id=attempt_id, now=now)
            looked, silent = looked + 1, 0
        except ProviderUnavailable as error:
            log.warning("provider unavailable: attempt=%s %s", attempt_id, error)
            silent += 1
            if silent == SILENCES:
                break
        except (orders.ImpossibleMove, StillPaying) as error:
            log.warning("moved meanwhile: attempt=%s %s", attempt_id, error)
    return looked


@transaction.atomic
def collect_cash(*, order_id: int, now: datetime) -> None:
    """Note that the courier was paid at the door."""
    for attempt in lock(PaymentAttempt.objects.filter(order_id=order_id, provider="cash", state=State.STARTED)):
        _set(attempt, State.SUCCEEDED, now)
