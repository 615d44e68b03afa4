"""The steps that a told order and its parcels went through."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.policies import CASH
from fulfilment.warehouse.models import Consignment

from .draw import Purchase
from .written import OPENED_AFTER, Written

State, Status = Consignment.State, Order.Status


def events(purchase: Purchase, written: Written) -> Iterator[OrderEvent]:
    order, status = written.order, written.order.status
    waiting = Status.PENDING_CONFIRMATION if purchase.payment_method == CASH else Status.PENDING_PAYMENT
    accepted = Status.CONFIRMED if purchase.payment_method == CASH else Status.PAID

    def moved(old: str, new: str, at: datetime) -> OrderEvent:
        return OrderEvent(order=order, kind=new.lower(), at=at, data={"from": old})

    yield OrderEvent(order=order, kind="placed", at=purchase.placed_at)
    if status == Status.EXPIRED:
        yield moved(waiting, status, purchase.ended_at)
        return
    yield moved(waiting, accepted, purchase.accepted_at)
    yield moved(accepted, Status.PREPARING, purchase.accepted_at + OPENED_AFTER)
    for consignment in written.consignments:
        yield from _consignment_events(order, consignment)
    if status == Status.CANCELLED:
        yield moved(Status.PREPARING, status, purchase.ended_at)
        return
    if status in (Status.SHIPPED, Status.DELIVERED, Status.REFUSED):
        shipped_at = max(parcel.handed_over_at for parcel in purchase.parcels)
        yield moved(Status.PREPARING, Status.SHIPPED, shipped_at)
    if status in (Status.DELIVERED, Status.REFUSED):
        yield moved(Status.SHIPPED, status, purchase.ended_at)


TIMES = {
    State.OPEN: "opened_at",
    State.PICKED: "picked_at",
    State.PACKED: "packed_at",
    State.HANDED_OVER: "handed_over_at",
    State.DELIVERED: "delivered_at",
    State.REFUSED: "refused_at",
    State.CANCELLED: "cancelled_at",
}


def _consignment_events(order: Order, consignment: Consignment) -> Iterator[OrderEvent]:
    steps: list[tuple[str, Any]] = [(state, getattr(consignment, field_name)) for state, field_name in TIMES.items()]
    for state, at in steps:
        if at is not None:
            data = {"consignment": consignment.reference}
            yield OrderEvent(order=order, kind=f"consignment_{state.lower()}", at=at, data=data)
