"""Asking whether an order in cash is meant, and what follows from the answer, or from none.

Each locks the order first: of a yes, a no and the sweep that gives up, the first counts.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from fulfilment.orders import signals
from fulfilment.orders.models import CashAllowed, Confirmation, ConfirmationCall, Order, OrderEvent
from fulfilment.orders.operations import life

from . import policies, queries

WAITS = Order.Status.PENDING_CONFIRMATION
Outcome = ConfirmationCall.Outcome


class NotWaiting(Exception):
    """The order does not wait to be confirmed any more; ``status`` is what it is."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"the order is {status}")


class TooLate(Exception):
    """The time to confirm by the link is over."""


class CalledAlready(Exception):
    """Someone called within the hour, or wrote this call down already; nothing was counted."""


class NoReason(Exception):
    """Calling an order off, or letting a number pay in cash again, needs a reason."""


def ask(order: Order, *, why: str, now: datetime) -> Confirmation:
    """Write that a new order waits to be confirmed, in the transaction that places it. Announces it."""
    by_link = queries.asks_by_link()
    confirmation = Confirmation.objects.create(
        order=order,
        why=why,
        by_link=by_link,
        asked_at=now,
        remind_at=now + timedelta(hours=settings.COD_REMIND_HOURS),
        call_from=now + timedelta(hours=settings.COD_LINK_HOURS) if by_link else now,
        ends_at=now + timedelta(days=settings.COD_GIVE_UP_DAYS),
    )
    events.announce(signals.confirmation_asked, order_id=order.pk, by_link=by_link)
    return confirmation


@transaction.atomic
def confirm_by_link(*, order_id: int, now: datetime) -> Order:
    """Take the buyer's yes. A second one changes nothing. Raises ``NotWaiting`` or ``TooLate``."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != WAITS:
        if order.status in (Order.Status.CANCELLED, Order.Status.EXPIRED):
            raise NotWaiting(order.status)
        return order
    if Confirmation.objects.get(order=order).ends_at <= now:
        raise TooLate
    life.confirm_locked(order, now=now)
    return order


@transaction.atomic
def decline_by_link(*, order_id: int, now: datetime) -> None:
    """Take the buyer's no: the order is cancelled. A second one changes nothing. Raises ``NotWaiting``."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == Order.Status.CANCELLED:
        return
    _call_off(order, now, by=None)


@transaction.atomic
def record_call(
    *, order_id: int, number: int, outcome: str, now: datetime, by: Any = None, note: str = ""
) -> ConfirmationCall:
    """Write down the desk's call of this ``number``, and confirm or cancel as the buyer said.

    Announces ``buyer_not_reached`` when nobody answered. Raises ``NotWaiting``, ``CalledAlready`` or ``NoReason``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != WAITS:
        raise NotWaiting(order.status)
    calls = list(ConfirmationCall.objects.filter(order=order))
    if len(calls) + 1 != number:
        raise CalledAlready
    counts = number <= ConfirmationCall.MOST and policies.may_call([call.at for call in calls], now)
    if outcome == Outcome.NO_ANSWER and not counts:
        raise CalledAlready
    if outcome == Outcome.DECLINED and not note:
        raise NoReason
    call = ConfirmationCall.objects.create(order=order, number=number, outcome=outcome, note=note, at=now, by=by)
    if outcome == Outcome.CONFIRMED:
        life.confirm_locked(order, now=now, by=by)
    elif outcome == Outcome.DECLINED:
        _call_off(order, now, by=by)
    else:
        OrderEvent.objects.create(order=order, kind="not_reached", at=now, by=by, data={"call": number})
        events.announce(signals.buyer_not_reached, order_id=order.pk)
    return call


def look_at_confirmations(*, now: datetime) -> None:
    """Remind who was sent a link, and give up what nobody confirmed in time."""
    due = queries.waiting().filter(by_link=True, reminded_at=None, remind_at__lte=now, ends_at__gt=now)
    for order_id in list(due.order_by("pk").values_list("order_id", flat=True)):
        remind(order_id=order_id, now=now)
    for order_id in list(queries.waiting().filter(ends_at__lte=now).order_by("pk").values_list("order_id", flat=True)):
        give_up(order_id=order_id, now=now)


@transaction.atomic
def remind(*, order_id: int, now: datetime) -> None:
    """Ask once more by link. Announces ``confirmation_reminded``, once."""
    order = lock_one(Order.objects.filter(pk=order_id))
    unasked = Confirmation.objects.filter(order=order, reminded_at=None)
    if order.status == WAITS and unasked.update(reminded_at=now):
        events.announce(signals.confirmation_reminded, order_id=order.pk)


@transaction.atomic
def give_up(*, order_id: int, now: datetime) -> None:
    """Cancel an order that nobody confirmed in time, and put its goods back on offer."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != WAITS:
        return  # confirmed in the last second
    OrderEvent.objects.create(order=order, kind="not_confirmed", at=now)
    _call_off(order, now, by=None)


@transaction.atomic
def allow_cash(*, order_id: int, reason: str, by: Any, now: datetime) -> CashAllowed:
    """Let the number of an order pay in cash again: what it refused until now counts no more. Raises ``NoReason``."""
    if not reason:
        raise NoReason
    return CashAllowed.objects.create(order_id=order_id, reason=reason, at=now, by=by)


def _call_off(order: Order, now: datetime, *, by: Any) -> None:
    if order.status != WAITS:
        raise NotWaiting(order.status)
    life.cancel(order_id=order.pk, now=now, by=by)
