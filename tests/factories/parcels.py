"""Orders whose goods are promised, and parcels that went some of their way through the real operations."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders.models import Line, Order
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment

from .catalogue import make_stockrecord
from .sales import make_order

STEPS = {
    "PICKED": operations.pick,
    "PACKED": operations.pack,
    "HANDED_OVER": operations.hand_over,
    "DELIVERED": operations.deliver,
}


def make_held_order(*items: tuple[StockRecord, int], **fields: Any) -> Order:
    """Return a confirmed order that holds its stock; by default two of one thing from each of two cooperatives."""
    items = items or ((make_stockrecord(), 2), (make_stockrecord(), 2))
    order = make_order(*items, **fields)
    for record, quantity in items:
        StockRecord.objects.filter(pk=record.pk).update(num_allocated=F("num_allocated") + quantity)
    Line.objects.filter(order=order).update(num_allocated=F("quantity"))
    return order


def open_parcels(order: Order) -> list[Consignment]:
    return operations.open_consignments(order_id=order.pk, now=timezone.now())


def move_to(consignment: Consignment, state: str, by: Any = None) -> Consignment:
    """Take a parcel through every step up to a state."""
    steps: Sequence[str] = list(STEPS)[: list(STEPS).index(state) + 1]
    for step in steps:
        consignment.refresh_from_db()
        if consignment.state not in list(STEPS)[list(STEPS).index(step) :]:
            STEPS[step](consignment_id=consignment.pk, by=by, now=timezone.now())
    consignment.refresh_from_db()
    return consignment
