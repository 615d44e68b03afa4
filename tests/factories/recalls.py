"""Lots that are called back, through the real operation."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from catalogue.lots.models import Lot, Place
from catalogue.products.models import Component
from catalogue.receiving.operations import pack_hampers
from fulfilment.recalls import operations
from fulfilment.recalls.models import Recall

from .catalogue import make_product, make_stockrecord
from .people import make_staff


def call_back(*numbers: str, **fields: Any) -> Recall:
    """Call lots back by their numbers; germs were found unless told otherwise."""
    lots = list(Lot.objects.filter(number__in=numbers).values_list("pk", flat=True))
    values = {"danger": "germs", "source": "authority", "words": {}, "key": uuid4(), "now": timezone.now()}
    by = fields.pop("by", None) or make_staff("logistics")
    return operations.open_recall(lot_ids=lots, by=by, **values | fields)


def pack(place: Place, *components: Any, number: int = 1) -> Lot:
    """Pack so many hampers of one piece of each stock record, of what lies at a place."""
    hamper = make_stockrecord(product=make_product("Panier", kind="gift"), in_stock=0)
    for record in components:
        Component.objects.create(hamper=hamper.product, product=record.product, quantity=1)
    return pack_hampers(stockrecord=hamper, number=number, place=place, by=make_staff(), now=timezone.now())
