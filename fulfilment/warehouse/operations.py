"""Consignments: opened once for each order and origin, moved step by step until the door.

Every operation locks the order, then its consignments, then stock records: a move, a cancellation and
another parcel of the same order wait for each other and never in a circle.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.cooperatives.operations import consume
from catalogue.kernel import events
from catalogue.kernel.locks import lock
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Line, Order, OrderEvent

from . import policies, signals
from .models import Consignment, ConsignmentLine

State = Consignment.State
TIMES = {
    State.PICKED: "picked_at",
    State.PACKED: "packed_at",
    State.HANDED_OVER: "handed_over_at",
    State.DELIVERED: "delivered_at",
    State.CANCELLED: "cancelled_at",
}


class NotToBePrepared(Exception):
    """Nothing is sent for an order that is neither paid nor confirmed."""

    def __init__(self, number: str, status: str) -> None:
        self.number, self.status = number, status
        super().__init__(f"order {number} is {status}: nothing to prepare")


class ImpossibleMove(Exception):
    """A consignment does not go from this state to that one."""

    def __init__(self, reference: str, old: str, new: str) -> None:
        self.reference, self.old, self.new = reference, old, new
        super().__init__(f"consignment {reference} does not go from {old} to {new}")


@transaction.atomic
def open_consignments(*, order_id: int, now: datetime) -> list[Consignment]:
    """Open one consignment for each cooperative of a paid or confirmed order, and show the order as in preparation.

    A second call changes nothing, nor does one for an order cancelled meanwhile.
    """
    order = _locked_order(order_id)
    if order.status in (Order.Status.PENDING_PAYMENT, Order.Status.PENDING_CONFIRMATION):
        raise NotToBePrepared(order.number, order.status)
    if order.status not in (Order.Status.PAID, Order.Status.CONFIRMED):
        return list(order.consignments.order_by("pk"))
    lines_by_origin: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order=order).order_by("partner_id", "pk"):
        lines_by_origin.setdefault(line.partner_id, []).append(line)
    opened = [
        _open(order, number, cooperative_id, lines, now)
        for number, (cooperative_id, lines) in enumerate(lines_by_origin.items(), start=1)
    ]
    orders.advance(order_id=order.pk, status=Order.Status.PREPARING, now=now)
    for consignment in opened:
        _tell(consignment)
    return opened


def pick(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that everything was taken from the shelf."""
    return _move(consignment_id, State.PICKED, by, now)


def pack(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the parcel is closed: from here on the order cannot be cancelled."""
    return _move(consignment_id, State.PACKED, by, now)


def hand_over(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Give the parcel to the courier; what is in it leaves the stock."""
    return _move(consignment_id, State.HANDED_OVER, by, now)


def deliver(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the buyer has it. Announces ``consignment_delivered``."""
    return _move(consignment_id, State.DELIVERED, by, now)


@transaction.atomic
def cancel_for_order(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Call off what an order's cooperatives were to prepare. A packed parcel is left alone."""
    _locked_order(order_id)
    for consignment in lock(Consignment.objects.filter(order_id=order_id, state__in=policies.CANCELLABLE)):
        _write(consignment, State.CANCELLED, by, now)
        _tell(consignment)


@transaction.atomic
def _move(consignment_id: int, state: str, by: Any, now: datetime) -> Consignment:
    """Move a consignment and let its order follow. A second call for the same state changes nothing."""
    order_id = Consignment.objects.values_list("order_id", flat=True).get(pk=consignment_id)
    order = _locked_order(order_id)
    consignments = {found.pk: found for found in lock(Consignment.objects.filter(order_id=order_id))}
    consignment = consignments[consignment_id]
    if consignment.state == state:
        return consignment
    if not policies.may_follow(consignment.state, state):
        raise ImpossibleMove(consignment.reference, consignment.state, state)
    _write(consignment, state, by, now)
    if state == State.HANDED_OVER:
        _leave_the_shelf(consignment)
    status = policies.order_status([found.state for found in consignments.values()])
    if status and status != order.status:
        orders.advance(order_id=order_id, status=status, now=now, by=by)
    _tell(consignment)
    return consignment


def _locked_order(order_id: int) -> Order:
    try:
        return lock(Order.objects.filter(pk=order_id))[0]
    except IndexError:
        raise Order.DoesNotExist(order_id) from None


def _open(order: Order, number: int, cooperative_id: int, lines: list[Line], now: datetime) -> Consignment:
    consignment = Consignment.objects.create(
        reference=f"{order.number}-{number}", order=order, cooperative_id=cooperative_id, opened_at=now
    )
    ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=consignment, order_line=line, quantity=line.quantity) for line in lines
    )
    _note(consignment, None, now)
    return consignment


def _write(consignment: Consignment, state: str, by: Any, now: datetime) -> None:
    consignment.state, consignment.moved_by = state, by
    setattr(consignment, TIMES[State(state)], now)
    consignment.save(update_fields=["state", "moved_by", TIMES[State(state)]])
    _note(consignment, by, now)


def _note(consignment: Consignment, by: Any, now: datetime) -> None:
    OrderEvent.objects.create(
        order_id=consignment.order_id,
        kind=f"consignment_{consignment.state.lower()}",
        at=now,
        by=by,
        data={"consignment": consignment.reference},
    )


def _leave_the_shelf(consignment: Consignment) -> None:
    leaving: Counter[int] = Counter()
    lines = ConsignmentLine.objects.filter(consignment=consignment, order_line__stockrecord__isnull=False)
    for stockrecord_id, quantity in lines.values_list("order_line__stockrecord_id", "quantity"):
        leaving[stockrecord_id] += quantity
    consume(leaving)
    Line.objects.filter(consignment_line__consignment=consignment).update(num_allocated=0)


def _tell(consignment: Consignment) -> None:
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_moved, state=consignment.state, **ids)
    if consignment.state == State.DELIVERED:
        events.announce(signals.consignment_delivered, **ids)
