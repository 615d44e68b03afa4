"""Lines of the bank's statement: recorded by a person, matched by reference, amount and currency, or by a person."""

import logging
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from catalogue.kernel import events
from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.money import ZERO
from fulfilment.orders import signals
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.policies import TRANSFER
from fulfilment.payments import booking
from fulfilment.payments.gateways import provider_for
from fulfilment.payments.models import BankCredit, PaymentAttempt
from fulfilment.payments.policies import REMINDED, bank_reference
from fulfilment.payments.queries import order_named, transfers_to_remind_of

from .paying import ENDED, record, reopened

log = logging.getLogger("fulfilment.payments")
State, Why = BankCredit.State, BankCredit.Why


class KnownReference(Exception):
    """The bank's reference was recorded already: the same line would count twice. ``credit`` is the one that stands."""

    def __init__(self, reference: str, credit: BankCredit | None = None) -> None:
        self.reference, self.credit = reference, credit
        super().__init__(f"{reference} is recorded already")


class NotWaiting(Exception):
    """A line of the statement was decided meanwhile."""


class NotAwaited(Exception):
    """This order waits for no transfer, and cannot be taken up again. ``why`` is one of ``BankCredit.Why``."""

    def __init__(self, number: str, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(f"order {number}: {why}")


class DoesNotAddUp(Exception):
    """What was received is not what is asked, to the cent. Nothing was matched."""

    def __init__(self, received: Decimal, asked: Decimal, currency: str) -> None:
        self.received, self.asked, self.currency = received, asked, currency
        super().__init__(f"received {received}, asked {asked} {currency}")


@transaction.atomic
def record_credit(
    *,
    reference: str,
    amount: Decimal,
    currency: str,
    value_on: date,
    payer_name: str,
    message: str,
    now: datetime,
    by: Any = None,
) -> BankCredit:
    """Keep a line of the bank's statement and book it; it pays the order that it names exactly, or waits for a person.

    Locks the order it names, then its attempt. Raises ``KnownReference``, ``NotABankReference``.
    """
    reference = bank_reference(reference)
    named = order_named(message)
    order = lock_one(Order.objects.filter(pk=named.pk)) if named else None
    attempt = _attempt_of(order) if order else None
    why = _why_not(order, attempt, amount, currency) or _why_gone(order, now)
    credit = BankCredit(
        reference=reference,
        amount=amount,
        currency=currency,
        value_on=value_on,
        payer_name=payer_name,
        message=message,
        recorded_at=now,
        recorded_by=by,
        why=why or Why.UNKNOWN,
        attempt=attempt,
    )
    with refused_as(lambda: _known(reference), constraint="bank_credit_once"):
        credit.save(force_insert=True)
    booking.take_in(credit, now=now)
    if not why and attempt:
        _pay(attempt, [credit], now, by=None)
    elif order:
        _note(order, "transfer_waits", [credit], now, by)
    return credit


def _known(reference: str) -> KnownReference:
    """Of two who record the same line at once, the second waits for the first and is refused."""
    known = BankCredit.objects.select_related("recorded_by").filter(reference=reference).first()
    return KnownReference(reference, known)


@transaction.atomic
def match_credits(*, credit_ids: Collection[int], number: str, now: datetime, by: Any = None) -> PaymentAttempt:
    """Let a person pay an order with lines that wait: one, or several that add up to its total to the cent.

    Locks the order, its attempt, then the lines. Raises ``Order.DoesNotExist``, ``NotAwaited``, ``NotWaiting`` or
    ``DoesNotAddUp``; nothing is matched then.
    """
    order = lock_one(Order.objects.filter(number=number))
    attempt = _attempt_of(order)
    lines = _waiting(credit_ids)
    received = sum((credit.amount for credit in lines), ZERO)
    currency = lines[0].currency if len({credit.currency for credit in lines}) == 1 else ""
    why = _why_not(order, attempt, received, currency)
    if attempt is None or why not in ("", Why.OTHER_AMOUNT, Why.OTHER_CURRENCY):
        raise NotAwaited(number, why)
    if why:
        raise DoesNotAddUp(received, attempt.amount, attempt.currency)
    if gone := _why_gone(order, now):
        raise NotAwaited(number, gone)
    return _pay(attempt, lines, now, by=by)


@transaction.atomic
def return_credit(*, credit_id: int, returned_as: str, now: datetime, by: Any = None) -> BankCredit:
    """Note that a person sent the money of a line back, with the bank's reference of the way back.

    Raises ``NotWaiting``, ``KnownReference``, ``NotABankReference``.
    """
    reference = bank_reference(returned_as)
    credit = _waiting([credit_id])[0]
    credit.state, credit.returned_as = State.RETURNED, reference
    credit.decided_at, credit.decided_by = now, by
    try:
        with transaction.atomic():
            credit.save(update_fields=["state", "returned_as", "decided_at", "decided_by"])
    except IntegrityError as error:
        raise KnownReference(reference) from error
    booking.send_back(credit, now=now)
    if credit.attempt_id:
        _note(Order.objects.get(payment_attempts=credit.attempt_id), "transfer_returned", [credit], now, by)
    return credit


def _attempt_of(order: Order) -> PaymentAttempt | None:
    """Lock an order's transfer; none of one that is paid another way."""
    return next(iter(lock(PaymentAttempt.objects.filter(order=order, provider="transfer"))), None)


def _waiting(credit_ids: Collection[int]) -> list[BankCredit]:
    lines = lock(BankCredit.objects.filter(pk__in=set(credit_ids), state=State.WAITING))
    if not lines or len(lines) != len(set(credit_ids)):
        raise NotWaiting(credit_ids)
    return lines


def _why_not(order: Order | None, attempt: PaymentAttempt | None, amount: Decimal, currency: str) -> str:
    """Say why money does not pay an order by itself; empty when it is exactly what is awaited, in time or late."""
    if order is None:
        return Why.UNKNOWN
    if attempt is None or order.payment_method != TRANSFER:
        return Why.NOT_BY_TRANSFER
    if order.status == Order.Status.CANCELLED:
        return Why.ENDED
    if attempt.state == PaymentAttempt.State.SUCCEEDED or order.status not in (Order.Status.PENDING_PAYMENT, *ENDED):
        return Why.PAID_ALREADY
    if currency != attempt.currency:
        return Why.OTHER_CURRENCY
    return "" if amount == attempt.amount else Why.OTHER_AMOUNT


def _why_gone(order: Order | None, now: datetime) -> str:
    """Take up again an order that ended, for money that is exactly what it asked; say why it cannot be."""
    return Why.ENDED if order and order.status in ENDED and not reopened(order, now) else ""


def _pay(attempt: PaymentAttempt, lines: Collection[BankCredit], now: datetime, *, by: Any) -> PaymentAttempt:
    """Settle an order's transfer from its lines, the way every payment is settled."""
    for credit in lines:
        credit.attempt, credit.state, credit.why = attempt, State.SETTLED, ""
        credit.decided_at, credit.decided_by = now, by
        credit.save(update_fields=["attempt", "state", "why", "decided_at", "decided_by"])
    settled = record(attempt, provider_for("transfer").settle(attempt.idempotency_key), now)
    if settled.state != PaymentAttempt.State.SUCCEEDED:
        raise AssertionError(f"{attempt} was to be settled and is {settled.state}")
    return settled


def _note(order: Order, kind: str, lines: Collection[BankCredit], now: datetime, by: Any) -> None:
    for credit in lines:
        log.warning("%s: order=%s credit=%s %s", kind, order.number, credit.pk, credit.why)
        data = {"amount": str(credit.amount), "currency": credit.currency, "why": credit.why}
        OrderEvent.objects.create(order=order, kind=kind, at=now, by=by, data=data)


@transaction.atomic
def remind_of_transfers(*, now: datetime) -> int:
    """Announce ``payment_due_soon`` for each order whose transfer should come soon, once; return how many.

    Locks the orders: what was paid or given up meanwhile is left alone.
    """
    found = [order.pk for order in transfers_to_remind_of(now)]
    for order in lock(Order.objects.filter(pk__in=found, status=Order.Status.PENDING_PAYMENT)):
        if not order.events.filter(kind=REMINDED).exists():
            OrderEvent.objects.create(order=order, kind=REMINDED, at=now)
            events.announce(signals.payment_due_soon, order_id=order.pk)
    return len(found)
