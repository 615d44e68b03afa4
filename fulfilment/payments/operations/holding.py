"""What follows when a card is held for goods made to order, and when the hold is over."""

import logging
from datetime import datetime
from typing import Any

from catalogue.kernel import events
from fulfilment.orders import operations as orders
from fulfilment.orders import signals
from fulfilment.orders.models import Order
from fulfilment.payments.gateways.base import Payment
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.policies import HELD_FOR, answer_by

log = logging.getLogger("fulfilment.payments")
State, Answer = PaymentAttempt.State, Hold.Answer


def follow(attempt: PaymentAttempt, order: Order, payment: Payment, was: str, now: datetime) -> None:
    """Open a hold when the card is held, and end the order when the hold is over.

    Called with order and attempt locked, in the transaction that wrote the attempt's state.
    """
    if attempt.state == State.AUTHORISED and order.status == Order.Status.PENDING_PAYMENT:
        _open(attempt, order, payment, now)
    elif attempt.state == State.CANCELLED and was == State.AUTHORISED:
        _end(attempt, order, now)


def _open(attempt: PaymentAttempt, order: Order, payment: Payment, now: datetime) -> None:
    if Hold.objects.filter(attempt=attempt).exists():
        return
    wrong = _why_not(attempt, payment, order)
    if wrong:
        log.error("card held for something else: order=%s intent=%s %s", order.number, payment.id, wrong)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(last_error=wrong[:300])
        return  # without a hold it is given up by the sweep
    ends = payment.capture_before or now + HELD_FOR
    until = answer_by(now, ends)
    if until <= now:
        return
    Hold.objects.create(attempt=attempt, held_at=now, answer_by=until, capture_before=ends)
    events.announce(signals.payment_authorised, order_id=order.pk, attempt_id=attempt.pk, until=until)


def _why_not(attempt: PaymentAttempt, payment: Payment, order: Order) -> str:
    if (payment.amount, payment.currency) != (attempt.amount, attempt.currency):
        return f"held {payment.amount} {payment.currency}, asked {attempt.amount} {attempt.currency}"
    if payment.metadata.get("order_number") != order.number:
        return f"meant for order {payment.metadata.get('order_number')}"
    return ""


def _end(attempt: PaymentAttempt, order: Order, now: datetime) -> None:
    """Let the order end as the hold did. One that ran out by itself lapsed, unless it was answered before."""
    let_go(attempt, Answer.LAPSED, now)
    hold = Hold.objects.filter(attempt=attempt).first()
    if hold is None or order.status != Order.Status.PENDING_PAYMENT:
        return
    if hold.answer in (Answer.REFUSED, Answer.WITHDRAWN):
        orders.cancel(order_id=order.pk, now=now, by=hold.answered_by)
    else:
        orders.expire(order_id=order.pk, now=now)


def let_go(attempt: PaymentAttempt, answer: str, now: datetime, by: Any = None) -> bool:
    """Answer a hold that nobody answered, before its payment is given up; False when it was accepted meanwhile."""
    holds = Hold.objects.filter(attempt=attempt)
    if holds.filter(answer="").update(answer=answer, answered_at=now, answered_by=by):
        return True
    return not holds.filter(answer=Answer.ACCEPTED).exists()
