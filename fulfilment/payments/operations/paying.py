"""Asking to be paid, and finding out what came of it.

No provider is ever called while a row is locked: claim or read, call, then write under the lock.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock
from fulfilment.orders import signals
from fulfilment.orders.models import Order
from fulfilment.payments import booking
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import Charge, Payment
from fulfilment.payments.models import PaymentAttempt

log = logging.getLogger("fulfilment.payments")
State = PaymentAttempt.State
WAITING = PaymentAttempt.WAITING_STATES
GIVEN_BACK = "given back by a person"
"""So begins the note on a payment that the bank will always call paid, and that was returned."""


class NothingToPay(Exception):
    """The order does not wait for a card payment."""


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
    payment = provider.start(charge_of(attempt))
    PaymentAttempt.objects.filter(pk=attempt.pk, intent_id=None).update(intent_id=payment.id, updated_at=now)
    return payment


def _claim(attempt: PaymentAttempt, now: datetime) -> bool:
    """Note, before the first call, that the provider is being asked; False when the attempt was given up meanwhile."""
    asked_at = max(now, attempt.created_at + timedelta(microseconds=1))
    return bool(PaymentAttempt.objects.filter(pk=attempt.pk, state__in=WAITING).update(updated_at=asked_at))


def charge_of(attempt: PaymentAttempt) -> Charge:
    order = attempt.order
    return Charge(
        key=attempt.idempotency_key,
        order_number=order.number,
        attempt=attempt.number,
        amount=attempt.amount,
        currency=attempt.currency,
    )


def _attempt_to_pay(order_id: int) -> PaymentAttempt | None:
    return (
        PaymentAttempt.objects.select_related("order")
        .filter(
            order_id=order_id,
            provider="stripe",
            state__in=WAITING,
            order__status=Order.Status.PENDING_PAYMENT,
        )
        .order_by("-number")
        .first()
    )


def settle(*, intent_id: str, now: datetime, patient: bool = True) -> PaymentAttempt:
    """Ask the provider what became of a payment and write it down: the one way an order becomes paid.

    Serves the return page and the sweep (and later the webhook); any number of calls, in any order, do the same.
    Announces ``payment_settled`` once. Raises ``ProviderUnavailable``, ``ProviderRefused``,
    ``PaymentAttempt.DoesNotExist``. The sweep is not ``patient``: it asks once, and again next minute.
    """
    attempt = PaymentAttempt.objects.get(intent_id=intent_id)
    return record(attempt, provider_for(attempt.provider, patient=patient).settle(intent_id), now)


@transaction.atomic
def record(attempt: PaymentAttempt, payment: Payment, now: datetime) -> PaymentAttempt:
    """Write what the provider said. Locks the order, then the attempt."""
    order = lock(Order.objects.filter(pk=attempt.order_id))[0]
    attempt = lock(PaymentAttempt.objects.filter(pk=attempt.pk))[0]
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED, State.CANCELLED) and payment.state != State.SUCCEEDED:
        return attempt  # an older answer that came late undoes nothing
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED) or attempt.last_error.startswith(GIVEN_BACK):
        return attempt
    if payment.state != State.SUCCEEDED:
        return write_state(attempt, payment.state, now, error=payment.error)
    reason = _why_not(attempt, payment, order)
    if reason:
        log.error("payment quarantined: order=%s intent=%s %s", order.number, payment.id, reason)
        booking.hold(attempt, received=payment.received, currency=payment.currency, now=now)
        return write_state(attempt, State.QUARANTINED, now, error=reason)
    write_state(attempt, State.SUCCEEDED, now)
    booking.sell(attempt, now=now)
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


def write_state(attempt: PaymentAttempt, state: str, now: datetime, error: str = "") -> PaymentAttempt:
    attempt.state, attempt.last_error, attempt.updated_at = state, error[:300], now
    attempt.save(update_fields=["state", "last_error", "updated_at"])
    return attempt


@transaction.atomic
def collect_cash(*, order_id: int, now: datetime) -> None:
    """Note that the courier was paid at the door, and book the sale.

    Called with the order's consignments locked, so against the usual order; harmless, since whoever locks
    attempts or consignments holds the order's row first.
    """
    for attempt in _open_cash(order_id):
        write_state(attempt, State.SUCCEEDED, now)
        booking.sell(attempt, now=now)


@transaction.atomic
def drop_cash(*, order_id: int, now: datetime) -> None:
    """Note that nothing will be collected for an order that was called off or refused at the door."""
    for attempt in _open_cash(order_id):
        write_state(attempt, State.CANCELLED, now)


def _open_cash(order_id: int) -> list[PaymentAttempt]:
    return lock(PaymentAttempt.objects.filter(order_id=order_id, provider="cash", state=State.STARTED))
