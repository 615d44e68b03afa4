"""What every operation on consignments begins and ends with: locks, a written step, a word to the apps above."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from fulfilment.orders.models import Line, Order, OrderEvent

from . import signals
from .models import Consignment, ConsignmentLine, PackingCheck

State = Consignment.State
TIMES = {
    State.PICKED: "picked_at",
    State.PACKED: "packed_at",
    State.HANDED_OVER: "handed_over_at",
    State.IN_TRANSIT: "in_transit_at",
    State.DELIVERED: "delivered_at",
    State.REFUSED: "refused_at",
    State.RETURNED: "returned_at",
    State.CANCELLED: "cancelled_at",
    State.LOST: "lost_at",
}


def locked(consignment_id: int) -> tuple[Order, dict[int, Consignment]]:
    """Lock a consignment's order and all its consignments, in this order."""
    order_id = Consignment.objects.values_list("order_id", flat=True).get(pk=consignment_id)
    return locked_of(order_id)


def locked_of(order_id: int) -> tuple[Order, dict[int, Consignment]]:
    """Lock an order and all its consignments, in this order."""
    order = lock_one(Order.objects.filter(pk=order_id))
    return order, {found.pk: found for found in lock(Consignment.objects.filter(order_id=order.pk))}


def open_for(
    order: Order, number: int, origin_id: int, lines: list[Line], now: datetime, state: str = State.OPEN
) -> Consignment:
    """Open the consignment of an order with this number, from one place."""
    consignment = Consignment.objects.create(
        reference=f"{order.number}-{number}", order=order, origin_id=origin_id, opened_at=now, state=state
    )
    ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=consignment, order_line=line, quantity=line.quantity) for line in lines
    )
    note(consignment, None, now)
    return consignment


def write(consignment: Consignment, state: str, by: Any, now: datetime, **carried: Any) -> None:
    """Write a consignment's new state, who moved it and when, and note it on the order's timeline."""
    changes = {"state": state, "moved_by": by, **carried}
    if name := TIMES.get(State(state)):
        changes[name] = now
    for name, value in changes.items():
        setattr(consignment, name, value)
    consignment.save(update_fields=list(changes))
    note(consignment, by, now)


def open_again(consignment: Consignment, now: datetime) -> None:
    """Open a closed parcel: what was counted of it holds no more."""
    PackingCheck.objects.filter(consignment=consignment, opened_again_at=None).update(opened_again_at=now)
    write(consignment, State.OPEN, None, now, picked_at=None, packed_at=None)


def note(consignment: Consignment, by: Any, now: datetime, kind: str = "") -> None:
    OrderEvent.objects.create(
        order_id=consignment.order_id,
        kind=kind or f"consignment_{consignment.state.lower()}",
        at=now,
        by=by,
        data={"consignment": consignment.reference},
    )


def tell(consignment: Consignment) -> None:
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_moved, state=consignment.state, **ids)
    if consignment.state == State.DELIVERED:
        events.announce(signals.consignment_delivered, **ids)


def lines_in(consignment: Consignment) -> QuerySet[Line]:
    return Line.objects.filter(consignment_line__consignment=consignment)
