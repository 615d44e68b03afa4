"""Finding out what became of a payment, and writing it down: the one way an order becomes paid."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.kernel.money import ZERO
from catalogue.lots.operations import SoldOut
from fulfilment.orders import operations as orders
from fulfilment.orders import signals
from fulfilment.orders.models import Order
from fulfilment.payments import booking
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.gateways.base import Payment
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import GIVEN_BACK

from . import holding
from .refunds import PaymentDisputed, owe_late

log = logging.getLogger("fulfilment.payments")
State = PaymentAttempt.State
ENDED = (Order.Status.EXPIRED, Order.Status.CANCELLED)
AFTER_A_HOLD = (State.AUTHORISED, State.SUCCEEDED, State.CANCELLED)


def settle(*, intent_id: str, now: datetime, patient: bool = True) -> PaymentAttempt:
    """Ask the provider what became of a payment and write it down: the one way an order becomes paid.

    Serves the return page, the webhook and the sweep; any number of calls, in any order, do the same.
    Announces ``payment_settled`` once. Raises ``ProviderUnavailable``, ``ProviderRefused``,
    ``PaymentAttempt.DoesNotExist``. The sweep is not ``patient``: it asks once, and again next minute.
    """
    attempt = PaymentAttempt.objects.get(intent_id=intent_id)
    return record(attempt, provider_for(attempt.provider, patient=patient).settle(intent_id), now)


def settle_told(*, intent_id: str, now: datetime, disputed: bool = False) -> PaymentAttempt | None:
    """Settle a payment that the provider spoke of; None when it is none of ours.

    One that was started and whose answer was lost is recognised by what it was started for. ``disputed``: its bank
    has the money, and the row that says so is about to be written.
    """
    payment = provider_for("stripe").settle(intent_id)
    attempt = PaymentAttempt.objects.filter(intent_id=intent_id).first() or _adopted(payment, now)
    return record(attempt, payment, now, disputed=disputed) if attempt else None


def _adopted(payment: Payment, now: datetime) -> PaymentAttempt | None:
    number = payment.metadata.get("attempt", "")
    lost = PaymentAttempt.objects.filter(
        order__number=payment.metadata.get("order_number", ""),
        number=int(number) if number.isdecimal() else 0,
        provider="stripe",
        intent_id=None,
    )
    if not lost.update(intent_id=payment.id, updated_at=now):
        return None
    return PaymentAttempt.objects.get(intent_id=payment.id)


@transaction.atomic
def record(attempt: PaymentAttempt, payment: Payment, now: datetime, *, disputed: bool = False) -> PaymentAttempt:
    """Write what the provider said. Locks the order, then the attempt."""
    order = lock_one(Order.objects.filter(pk=attempt.order_id))
    attempt = lock_one(PaymentAttempt.objects.filter(pk=attempt.pk))
    if payment.state == State.SUCCEEDED:
        _note_money(attempt, payment, now)
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED, State.CANCELLED) and payment.state != State.SUCCEEDED:
        return attempt  # an older answer that came late undoes nothing
    if attempt.state in (State.SUCCEEDED, State.QUARANTINED) or attempt.last_error.startswith(GIVEN_BACK):
        return attempt
    if attempt.state == State.AUTHORISED and payment.state not in AFTER_A_HOLD:
        return attempt
    if payment.state != State.SUCCEEDED:
        was = attempt.state
        attempt = write_state(attempt, payment.state, now, error=payment.error)
        if attempt.hold:
            holding.follow(attempt, order, payment, was, now)
        return attempt
    reason = _why_not(attempt, payment, order)
    if reason:
        log.error("payment quarantined: order=%s intent=%s %s", order.number, payment.id, reason)
        booking.hold(attempt, received=payment.received, currency=payment.currency, now=now)
        return write_state(attempt, State.QUARANTINED, now, error=reason)
    write_state(attempt, State.SUCCEEDED, now)
    if attempt.hold:
        holding.let_go(attempt, Hold.Answer.ACCEPTED, now)  # where it was taken at the bank's own desk
    if order.status in ENDED and not reopened(order, now):
        booking.hold(attempt, received=payment.received, currency=payment.currency, now=now)
        return _return_late(attempt, order, now, disputed=disputed)
    booking.sell(attempt, now=now)
    events.announce(signals.payment_settled, order_id=order.pk, attempt_id=attempt.pk)
    return attempt


def _note_money(attempt: PaymentAttempt, payment: Payment, now: datetime) -> None:
    """Keep what came in, and book what the provider keeps of it, which it may only know a little later."""
    captured = payment.received if payment.currency == attempt.currency else ZERO
    known = payment.fee is not None
    if (attempt.captured, attempt.charge_id) == (captured, payment.charge_id) and not (known and attempt.fee is None):
        return
    attempt.captured, attempt.charge_id = captured, payment.charge_id
    new_fee = known and attempt.fee is None
    if known:
        attempt.fee, attempt.net, attempt.settled_currency = payment.fee, payment.net, payment.settled_currency
    attempt.save(update_fields=["captured", "charge_id", "fee", "net", "settled_currency"])
    if new_fee:
        booking.keep_fee(attempt, now=now)


def _why_not(attempt: PaymentAttempt, payment: Payment, order: Order) -> str:
    """Say what is wrong with money that came in; empty when it is exactly what was asked for this order."""
    if (payment.received, payment.currency) != (attempt.amount, attempt.currency):
        return f"received {payment.received} {payment.currency}, asked {attempt.amount} {attempt.currency}"
    if payment.metadata.get("order_number") != order.number:
        return f"meant for order {payment.metadata.get('order_number')}"
    if order.status not in (Order.Status.PENDING_PAYMENT, *ENDED):
        return f"the order is {order.status}"
    return ""


def reopened(order: Order, now: datetime) -> bool:
    """Take up an expired order again for money that came late, when its goods and its code are still to be had."""
    if order.status != Order.Status.EXPIRED:
        return False
    try:
        orders.reopen(order_id=order.pk, now=now)
    except (SoldOut, IntegrityError):
        return False
    return True


def _return_late(attempt: PaymentAttempt, order: Order, now: datetime, *, disputed: bool) -> PaymentAttempt:
    log.warning("paid too late, given back: order=%s intent=%s", order.number, attempt.intent_id)
    try:
        if disputed:
            raise PaymentDisputed(order.pk)
        owe_late(attempt, now=now)
    except PaymentDisputed:  # the buyer's bank has it; what it leaves is given back when that is over
        log.error("paid too late and disputed: order=%s intent=%s", order.number, attempt.intent_id)
    return attempt


def write_state(attempt: PaymentAttempt, state: str, now: datetime, error: str = "") -> PaymentAttempt:
    attempt.state, attempt.last_error, attempt.updated_at = state, error[:300], now
    attempt.save(update_fields=["state", "last_error", "updated_at"])
    return attempt
