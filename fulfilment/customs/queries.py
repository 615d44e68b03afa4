"""Reads of what goes abroad. A consignment is read here alone, so that its shape may change in one place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.money import ZERO, split
from catalogue.kernel.periods import Period
from catalogue.pricing.models import Side
from catalogue.products.models import Component
from fulfilment.shipping.models import Tariff
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .models import CustomsPaper, ExportRecord, ExportVat, SdrRate

LEFT = ("HANDED_OVER", "IN_TRANSIT", "DELIVERED", "REFUSED", "LOST", "RETURNED")
SHIPPED = ("PACKED", *LEFT)
ABROAD = Q(order__side=Side.EXPORT)
COMPLETE = Q(courier__isnull=False) & ~Q(declaration_number="") & ~Q(proof_kind="")


def goes_abroad(consignment_id: int) -> bool:
    return Consignment.objects.filter(ABROAD, pk=consignment_id).exists()


def parcel(consignment_id: int) -> Consignment:
    """Return a consignment with what its papers say of its order."""
    related = ("order__shipping_address__country", "order__price_list")
    return Consignment.objects.select_related(*related).get(pk=consignment_id)


def goods_in(consignment_id: int) -> list[ConsignmentLine]:
    """Return what is in a parcel, each with its order line and product."""
    related = ("order_line__product__family", "order_line__product__origin__region")
    rows = ConsignmentLine.objects.filter(consignment=consignment_id).select_related(*related)
    return list(rows.order_by("order_line_id"))


def inside(hampers: Iterable[int]) -> dict[int, list[Component]]:
    """Return what each hamper holds, each component with ``worth``: the least that a cooperative asks for it."""
    least = StockRecord.objects.filter(product=OuterRef("product")).values("product").values(least=Min("price"))
    rows = Component.objects.filter(hamper__in=set(hampers)).annotate(worth=Subquery(least))
    found: dict[int, list[Component]] = {}
    for row in rows.select_related("product__family", "product__origin__region").order_by("pk"):
        found.setdefault(row.hamper_id, []).append(row)
    return found


def postage_of(consignment: Consignment) -> Decimal:
    """Return a parcel's share of what its order's delivery cost; the shares of all its parcels add up to that."""
    paid = Decimal(consignment.order.shipping_incl_tax)
    worth = Sum("order_line__line_price_before_discounts_incl_tax")
    rows = ConsignmentLine.objects.filter(consignment__order=consignment.order_id).values("consignment")
    weights = dict(rows.annotate(worth=worth).order_by("consignment").values_list("consignment", "worth"))
    if not any(weights.values()):
        return ZERO
    return dict(zip(weights, split(paid, list(weights.values())), strict=True))[consignment.pk]


def service_of(destination: str, method: str) -> str:
    """Return the customs form that a carrier's tariff to a country names; empty where none does."""
    tariffs = Tariff.objects.filter(zone__countries__iso2=destination, method=method).exclude(customs_form="")
    return tariffs.values_list("customs_form", flat=True).order_by("pk").first() or ""


def mad_per_sdr(day: date) -> Decimal | None:
    row = SdrRate.objects.on(day).first()
    return row.mad_per_sdr if row else None


def papers_of(consignment_id: int) -> list[CustomsPaper]:
    """Return a parcel's papers, the form first, without their bytes (one query)."""
    return list(CustomsPaper.objects.filter(consignment=consignment_id).defer("pdf").order_by("kind"))


def of_parcel(consignment: Consignment) -> dict[str, Any] | None:
    """Return what a loaded parcel's page says of its way out; nothing for one that stays in Morocco (two queries)."""
    if consignment.order.side != Side.EXPORT:
        return None
    shipped = consignment.state in SHIPPED
    papers = papers_of(consignment.pk)
    return {"papers": papers, "record": latest(consignment.pk) if shipped else None, "shipped": shipped}


def paper(reference: str, kind: str) -> CustomsPaper | None:
    found = CustomsPaper.objects.filter(consignment__reference=reference, kind=kind)
    return found.select_related("consignment").first()


def without_papers() -> QuerySet[Consignment]:
    """Return parcels that are packed to go abroad and have no papers yet."""
    made = CustomsPaper.objects.filter(consignment=OuterRef("pk"))
    return Consignment.objects.filter(ABROAD, ~Exists(made), state="PACKED").order_by("pk")


def latest(consignment_id: int) -> ExportRecord | None:
    """Return what counts of a shipment."""
    records = ExportRecord.objects.filter(consignment=consignment_id).select_related("courier", "recorded_by")
    return records.order_by("-pk").first()


def history(consignment_id: int) -> list[ExportRecord]:
    """Return every row written of a shipment, the latest first."""
    records = ExportRecord.objects.filter(consignment=consignment_id).select_related("courier", "recorded_by", "scan")
    return list(records.defer("scan__content").order_by("-pk"))


@dataclass(frozen=True)
class Shipment:
    """One parcel abroad and what is known of its way out."""

    parcel: Any
    record: ExportRecord | None

    @property
    def left_at(self) -> datetime:
        at: datetime = self.parcel.left_at
        return at

    @property
    def carrier(self) -> bool:
        return bool(self.record and self.record.courier_id)

    @property
    def declaration(self) -> bool:
        return bool(self.record and self.record.declaration_number)

    @property
    def proof(self) -> bool:
        return bool(self.record and self.record.proof_kind)

    @property
    def is_complete(self) -> bool:
        return bool(self.record and self.record.is_complete)


TAXED = ExportVat.objects.filter(consignment=OuterRef("pk"), answer=ExportVat.Answer.AGREED)
"""VAT was found to be due after all: no proof is waited for any more."""


def shipments(*, period: Period | None = None, only_missing: bool = False) -> QuerySet[Consignment]:
    """Return parcels that are packed to go abroad or left, the oldest first; of one month those that left in it."""
    known = ExportRecord.objects.filter(consignment=OuterRef("pk")).order_by("-pk")
    complete = Case(When(COMPLETE, then=Value(True)), default=Value(False), output_field=BooleanField())
    found = (
        Consignment.objects.filter(ABROAD, state__in=SHIPPED)
        .select_related("order__invoice", "courier")
        .defer("order__invoice__content")
        .annotate(
            left_at=Coalesce("handed_over_at", "packed_at", "opened_at"),
            record_id=Subquery(known.values("pk")[:1]),
            complete=Coalesce(Subquery(known.annotate(done=complete).values("done")[:1]), Value(False)),
            goods=Sum("lines__order_line__line_price_incl_tax"),
            taxed=Exists(TAXED),
        )
        .annotate(goods_mad=F("goods") * F("order__mad_per_unit"))
    )
    if period is not None:
        found = found.filter(left_at__gte=period.begins_at, left_at__lt=period.ends_at)
    if only_missing:
        found = found.filter(complete=False, taxed=False)
    return found.order_by("left_at", "pk")


STAYS_SOLD = ("HANDED_OVER", "IN_TRANSIT", "DELIVERED", "REFUSED")
"""What was lost or came back is credited: nothing of it is free of VAT any more."""


def without_proof(*, left_before: datetime) -> QuerySet[Consignment]:
    """Return parcels that left for abroad before an instant, of which no proof of exit is known nor VAT booked."""
    known = ExportRecord.objects.filter(consignment=OuterRef("pk")).order_by("-pk").values("proof_kind")[:1]
    found = shipments().annotate(proof=Coalesce(Subquery(known), Value("")))
    return found.filter(proof="", taxed=False, state__in=STAYS_SOLD, left_at__lt=left_before)


def vat_asked_of(consignment_id: int) -> list[ExportVat]:
    """Return what was asked about VAT on a shipment, the latest first (one query)."""
    rows = ExportVat.objects.filter(consignment=consignment_id).select_related("asked_by", "answered_by")
    return list(rows.order_by("-pk"))


def with_records(parcels: Iterable[Any]) -> list[Shipment]:
    """Join parcels with the record that counts of each (one query)."""
    parcels = list(parcels)
    records = ExportRecord.objects.select_related("courier").in_bulk(
        [parcel.record_id for parcel in parcels if parcel.record_id]
    )
    return [Shipment(parcel, records.get(parcel.record_id)) for parcel in parcels]


def declarations_of(order_id: int) -> list[ExportRecord]:
    """Return what counts of each of an order's shipments that has a declaration, by parcel (one query)."""
    last = ExportRecord.objects.filter(consignment=OuterRef("consignment")).order_by("-pk").values("pk")[:1]
    rows = ExportRecord.objects.filter(consignment__order=order_id, pk=Subquery(last)).exclude(declaration_number="")
    return list(rows.select_related("consignment").order_by("consignment"))
