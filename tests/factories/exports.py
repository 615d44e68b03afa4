"""Parcels that go abroad, packed through the real operations."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.customs import operations
from fulfilment.customs.models import ExportRecord, SdrRate
from fulfilment.orders.models import Order
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment

from .catalogue import make_cooperative, make_product, make_stockrecord
from .parcels import make_held_order, move_to, open_parcels

MAD_PER_SDR = Decimal("12.70")


def make_sdr_rate(rate: Decimal = MAD_PER_SDR) -> SdrRate:
    return SdrRate.objects.create(mad_per_sdr=rate, valid_from=date(2026, 1, 1), written_at=timezone.now())


def make_export_order(*items: tuple[StockRecord, int], **fields: Any) -> Order:
    """Return a paid order to France, by default of two things of one cooperative."""
    if not items:
        atlas = make_cooperative()
        items = ((make_stockrecord(cooperative=atlas), 2), (make_stockrecord(cooperative=atlas), 1))
    values = {
        "currency": "EUR",
        "destination": "FR",
        "method": "card",
        "status": Order.Status.PAID,
        "shipping": "19.90",
    }
    return make_held_order(*items, **values | fields)


def make_packed(*items: tuple[StockRecord, int], **fields: Any) -> Consignment:
    """Return the first parcel of an order abroad, packed."""
    return move_to(open_parcels(make_export_order(*items, **fields))[0], "PACKED")


def weighing(net_g: int | None, gross_g: int, price: str = "120.00", **fields: Any) -> StockRecord:
    """Return something to sell of this weight."""
    cooperative = fields.pop("cooperative", None)
    product = make_product(net_weight_g=net_g, gross_weight_g=gross_g, **fields)
    return make_stockrecord(product=product, cooperative=cooperative, price=price)


def make_courier(name: str = "Poste internationale") -> Courier:
    return Courier.objects.get_or_create(name=name, defaults={"kind": Courier.Kind.PARTNER})[0]


def record_export(consignment: Consignment, **fields: Any) -> ExportRecord:
    """Write a whole record over the latest one, unless told otherwise."""
    known = consignment.export_records.order_by("-pk").first()
    values = {
        "based_on": known.pk if known else None,
        "courier_id": make_courier().pk,
        "declaration_number": "DUM-2026-1",
        "declared_on": date(2026, 11, 19),
        "proof_kind": ExportRecord.Proof.EXIT_VISA,
        "proof_reference": "V-77",
        "proof_on": date(2026, 11, 20),
        "scan": None,
        "by": None,
        "now": timezone.now(),
    }
    return operations.record_export(consignment_id=consignment.pk, **values | fields)
