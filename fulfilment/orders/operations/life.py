"""An order's moves, each under the order's lock, each leaving an event on its timeline."""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.lots.operations import SoldOut
from fulfilment.orders import queries, signals
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import Line, Order, OrderEvent
from fulfilment.orders.policies import may_cancel, may_follow

Status = Order.Status


class ImpossibleMove(Exception):
    """An order does not go from this state to that one."""

    def __init__(self, number: str, old: str, new: str) -> None:
        self.number, self.old, self.new = number, old, new
        super().__init__(f"order {number} does not go from {old} to {new}")


class TooLateToCancel(Exception):
    """It stands packed, or is already on its way."""


@transaction.atomic
def confirm(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Confirm an order that is paid at the door. Announces ``order_confirmed``; a second call changes nothing."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != Status.CONFIRMED:
        confirm_locked(order, now=now, by=by)


def confirm_locked(order: Order, *, now: datetime, by: Any = None, after: OrderEvent | None = None) -> None:
    """Confirm an order whose row this transaction holds already; an unsaved event before it is saved with it."""
    _move(order, Status.CONFIRMED, now=now, by=by, after=after)
    events.announce(signals.order_confirmed, order_id=order.pk)


@transaction.atomic
def mark_paid(*, order_id: int, now: datetime) -> None:
    """Say that the money is there. Announces ``order_paid``; a second call changes nothing."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == Status.PAID:
        return
    _move(order, Status.PAID, now=now, reserved_until=None)
    events.announce(signals.order_paid, order_id=order.pk)


@transaction.atomic
def keep_until(*, order_id: int, until: datetime, now: datetime) -> None:
    """Keep the goods of an order whose card is held until someone must have accepted it. A second call changes nothing.

    The longer of the two times counts.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status != Status.PENDING_PAYMENT:
        raise ImpossibleMove(order.number, order.status, "AUTHORISED")
    if order.reserved_until is None or order.reserved_until < until:
        Order.objects.filter(pk=order.pk).update(reserved_until=until)
    if not order.events.filter(kind="authorised").exists():
        OrderEvent.objects.create(order=order, kind="authorised", at=now)


@transaction.atomic
def cancel(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Cancel until something is packed, and put the goods back on offer. Announces ``order_cancelled``.

    What was paid for it is given back in the same transaction: payments listen. Raises ``TooLateToCancel``. Whoever
    cancels an order that waits for its card payment cancels at the provider first
    (``fulfilment.payments.operations.call_off``).
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == Status.CANCELLED:
        return
    if not may_cancel(order.status, queries.parcel_states(order)):
        raise TooLateToCancel(order.number)
    _move(order, Status.CANCELLED, now=now, by=by, reserved_until=None)
    events.announce(signals.order_cancelled, order_id=order.pk)  # locks consignments, which come before stock
    allocating.give_up(order, now)


@transaction.atomic
def expire(*, order_id: int, now: datetime) -> None:
    """Give up on an order that was never paid and put the goods back on offer. Announces ``order_expired``."""
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == Status.EXPIRED:
        return
    _move(order, Status.EXPIRED, now=now, reserved_until=None)
    events.announce(signals.order_expired, order_id=order.pk)
    allocating.give_up(order, now)


@transaction.atomic
def reopen(*, order_id: int, now: datetime) -> None:
    """Let an order that expired wait for its payment again: its goods are held once more, all of them or none.

    For money that arrived in the last second. Announces ``order_reopened``. Raises ``SoldOut`` when something is gone,
    ``IntegrityError`` when the code it used has been used by someone else since.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    lines = list(Line.objects.filter(order=order))
    if any(line.stockrecord_id is None for line in lines):
        raise SoldOut({})
    _move(order, Status.PENDING_PAYMENT, now=now, reserved_until=now)
    allocating.hold_again(order, lines, now)
    events.announce(signals.order_reopened, order_id=order.pk)


@transaction.atomic
def advance(*, order_id: int, status: str, now: datetime, by: Any = None) -> None:
    """Follow what happens to its parcels. A second call changes nothing.

    Announces ``order_delivered``, or ``order_refused`` when it comes back.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status == status:
        return
    _move(order, status, now=now, by=by)
    if status == Status.DELIVERED:
        events.announce(signals.order_delivered, order_id=order.pk)
    elif status in (Status.REFUSED, Status.RETURNED):
        events.announce(signals.order_refused, order_id=order.pk)


def _move(
    order: Order, status: str, *, now: datetime, by: Any = None, after: OrderEvent | None = None, **fields: Any
) -> None:
    if not may_follow(order.status, status):
        raise ImpossibleMove(order.number, order.status, status)
    Order.objects.filter(pk=order.pk).update(status=status, **fields)
    step = OrderEvent(order=order, kind=status.lower(), at=now, by=by, data={"from": order.status})
    OrderEvent.objects.bulk_create([after, step] if after else [step])
    order.status = status
