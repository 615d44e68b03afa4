"""Asking to be paid.

No provider is ever called while a row is locked: claim or read, call, then write under the lock.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from catalogue.kernel.locks import lock
from fulfilment.orders.models import Order
from fulfilment.payments.gateways import provider_for, remote_for
from fulfilment.payments.gateways.base import (
    AddressRefused,
    Charge,
    KeySpent,
    Payment,
    ProviderUnavailable,
    RemoteProvider,
)
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import KEY_LIVES
from fulfilment.payments.queries import standing_among

log = logging.getLogger("fulfilment.payments")
State = PaymentAttempt.State
WAITING = PaymentAttempt.WAITING_STATES
Method = Order.PaymentMethod
PROVIDERS: dict[str, str] = {Method.CARD: "stripe", Method.CASH: "cash", Method.TRANSFER: "transfer"}
"""Who takes the money, by the way of paying that the buyer chose."""


class NothingToPay(Exception):
    """The order does not wait for a card payment."""


def open_attempt(*, order: Order, now: datetime) -> PaymentAttempt:
    """Write the first attempt of a new order with its key, in the transaction that places it."""
    return _new_attempt(order, 1, PROVIDERS[order.payment_method], now)


def _new_attempt(order: Order, number: int, provider: str, now: datetime) -> PaymentAttempt:
    """Write an attempt. Where nobody has to be asked it is started at once; the others are asked by ``start``."""
    attempt = PaymentAttempt(
        order=order,
        number=number,
        provider=provider,
        amount=order.total_incl_tax,
        currency=order.currency,
        idempotency_key=f"order-{order.number}-attempt-{number}",
        receipt_email=order.email if provider == "stripe" else "",
        hold=provider == "stripe" and order.made_to_order,
        created_at=now,
        updated_at=now,
    )
    if provider == "transfer":
        attempt.intent_id = provider_for(provider).start(charge_of(attempt)).id
    attempt.save()
    return attempt


def start(*, order_id: int, now: datetime) -> Payment:
    """Give the card page what it needs, creating the payment at the provider on the first call.

    Opens no transaction around the call. A second call, or one after a lost answer, gives the same payment; when
    the provider itself gave that one up, a next attempt is begun. Raises ``NothingToPay`` or ``ProviderUnavailable``.
    """
    attempt = _attempt_to_pay(order_id, now)
    if attempt is None:
        raise NothingToPay(order_id)
    provider = remote_for(attempt.provider)
    if attempt.intent_id:
        return provider.settle(attempt.intent_id)
    if not _claim(attempt, now):
        raise NothingToPay(order_id)
    payment = asked(provider, attempt, now)
    if payment is None:
        drop_unmade(attempt, now)
        raise ProviderUnavailable(f"{attempt.idempotency_key} came to nothing; the next try has a key of its own")
    PaymentAttempt.objects.filter(pk=attempt.pk, intent_id=None).update(intent_id=payment.id, updated_at=now)
    return payment


def asked(provider: RemoteProvider, attempt: PaymentAttempt, now: datetime) -> Payment | None:
    """Ask for a payment under its key, or look for it where the key is of no use any more; None: it was never made.

    A key that is a day old may be forgotten at the provider, and one under which it failed says so for ever.
    """
    charge = charge_of(attempt)
    if now - attempt.created_at > KEY_LIVES:
        return provider.find(charge, attempt.created_at)
    try:
        return provider.start(charge)
    except AddressRefused as refused:
        log.warning("no receipt: attempt=%s %s", attempt.pk, refused)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(receipt_email="")  # before the key is used without it
        return provider.start(replace(charge, receipt_email=""))
    except KeySpent as spent:
        log.warning("failed at the provider: attempt=%s %s", attempt.pk, spent)
        return provider.find(charge, attempt.created_at)


def drop_unmade(attempt: PaymentAttempt, now: datetime) -> None:
    """Give up an attempt that the provider has nothing of."""
    unmade = PaymentAttempt.objects.filter(pk=attempt.pk, intent_id=None, state__in=WAITING)
    unmade.update(state=State.CANCELLED, last_error="never made at the provider", updated_at=now)


def _claim(attempt: PaymentAttempt, now: datetime) -> bool:
    """Note, before the first call, that the provider is being asked; False when the attempt was given up meanwhile."""
    asked_at = max(now, attempt.created_at + timedelta(microseconds=1))
    return bool(PaymentAttempt.objects.filter(pk=attempt.pk, state__in=WAITING).update(updated_at=asked_at))


def charge_of(attempt: PaymentAttempt) -> Charge:
    return Charge(
        key=attempt.idempotency_key,
        order_number=attempt.order.number,
        attempt=attempt.number,
        amount=attempt.amount,
        currency=attempt.currency,
        receipt_email=attempt.receipt_email,
        hold=attempt.hold,
    )


def _attempt_to_pay(order_id: int, now: datetime) -> PaymentAttempt | None:
    pending = Order.Status.PENDING_PAYMENT
    attempts = PaymentAttempt.objects.select_related("order").filter(order_id=order_id, order__status=pending)
    waiting = attempts.filter(provider="stripe", state__in=WAITING).order_by("-number").first()
    return waiting or _next_attempt(order_id, now)


@transaction.atomic
def _next_attempt(order_id: int, now: datetime) -> PaymentAttempt | None:
    """Begin another attempt when the provider gave up every one before it, while the goods are still held.

    Locks the order, then its attempts: of two tabs, the second finds what the first began.
    """
    order = lock(Order.objects.filter(pk=order_id, status=Order.Status.PENDING_PAYMENT, reserved_until__gt=now))
    attempts = lock(PaymentAttempt.objects.filter(order_id=order_id, provider="stripe"))
    if not (order and attempts and standing_among(attempts).payable):
        return None
    last = max(attempts, key=lambda attempt: attempt.number)
    return last if last.state in WAITING else _new_attempt(order[0], last.number + 1, "stripe", now)
