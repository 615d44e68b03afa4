"""Orders whose goods are promised, and parcels that went some of their way through the real operations."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.customs.operations import make_papers
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import Line, Order
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.packing import queries as packing

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
    with transaction.atomic():
        allocating.hold_again(order, Line.objects.filter(order=order), timezone.now())
    return order


def open_parcels(order: Order) -> list[Consignment]:
    return operations.open_consignments(order_id=order.pk, now=timezone.now())


def move_to(consignment: Consignment, state: str, by: Any = None) -> Consignment:
    """Take a parcel through every step up to a state."""
    steps: Sequence[str] = list(STEPS)[: list(STEPS).index(state) + 1]
    for step in steps:
        consignment.refresh_from_db()
        if consignment.state not in list(STEPS)[list(STEPS).index(step) :]:
            if step == "HANDED_OVER" and consignment.order.side == "export":
                make_papers(consignment_id=consignment.pk, now=timezone.now())
            STEPS[step](consignment_id=consignment.pk, by=by, now=timezone.now())
    consignment.refresh_from_db()
    return consignment


def packing_form(consignment: Consignment, **changes: Any) -> dict[str, Any]:
    """Return what the packing page sends for a parcel counted and weighed right, to close it."""
    items = packing.items_of(consignment.pk)
    weight = sum(item.weighs.gross_g * item.quantity for item in items if item.weighs) or 1000
    counted = {f"count_{item.line}": item.quantity for item in items}
    return {"step": "close", "code": "", "weight_g": weight, "boxes": 1, **counted, **changes}
