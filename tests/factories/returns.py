"""Goods that came back from a door or a buyer, and what is found of them."""

from typing import Any

from django.utils import timezone

from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.inspecting.operations import Found, inspect
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import Consignment

from .parcels import make_held_order, move_to, open_parcels


def bring_back(*items: Any, **fields: Any) -> Consignment:
    """Return a parcel of these (stock record, pieces) that was refused at the door and is here again."""
    parcel = move_to(open_parcels(make_held_order(*items, **fields))[0], "HANDED_OVER")
    operations.refuse(consignment_id=parcel.pk, reason="no_money", by=None, now=timezone.now())
    return operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())


def inspect_all(reference: str, by: Any = None) -> list[Returned]:
    """Say that all of it is as new."""
    rows = Returned.objects.filter(reference=reference)
    return inspect(reference=reference, found={row.pk: Found(row.quantity) for row in rows}, by=by, now=timezone.now())
