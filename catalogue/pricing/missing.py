"""What is on offer without a price in some currency or on some side: not sold there, and the office is told why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import periods
from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.shopping import SIDES
from catalogue.products.models import Product

from . import terms
from .models import Price, PriceList

NO_LIST, NO_VAT, CAME_LATER, LEFT_OUT = "no_list", "no_vat", "came_later", "left_out"
EVERY = tuple((currency, side) for side in SIDES for currency in CURRENCIES)


@dataclass(frozen=True)
class Missing:
    """A stock record on offer, where it has no price, and why: one of the four reasons of this module."""

    record: StockRecord
    places: tuple[tuple[str, str], ...]
    reason: str


def records_without(current: PriceList | None) -> QuerySet[StockRecord]:
    """Stock records on offer that a list does not price in every currency and on both sides."""
    priced = (
        Price.objects.filter(price_list=current, stockrecord=OuterRef("pk"))
        .order_by()
        .values("stockrecord")
        .annotate(found=Count("pk"))
        .values("found")
    )
    return (
        StockRecord.objects.filter(
            product__is_public=True, product__status=Product.Status.PUBLISHED, partner__is_active=True
        )
        .annotate(priced=Coalesce(Subquery(priced, output_field=IntegerField()), 0))
        .filter(priced__lt=len(EVERY))
        .select_related("product__family", "partner")
        .order_by("pk")
    )


def explain(records: Sequence[StockRecord], current: PriceList | None, now: datetime) -> list[Missing]:
    """Say of each where it has no price, and why."""
    held: dict[int, set[tuple[str, str]]] = {record.pk: set() for record in records}
    rows = Price.objects.filter(price_list=current, stockrecord__in=held) if current else Price.objects.none()
    for record_id, currency, side in rows.values_list("stockrecord_id", "currency", "side"):
        held[record_id].add((currency, side))
    found = terms.on(periods.day_of(now))
    return [
        Missing(
            record,
            tuple(place for place in EVERY if place not in held[record.pk]),
            _reason(record, current, found),
        )
        for record in records
    ]


def _reason(record: StockRecord, current: PriceList | None, found: terms.Terms) -> str:
    if current is None:
        return NO_LIST
    if any(found.vat_pct(record.product.vat_class, side, record.partner_id) is None for side in SIDES):
        return NO_VAT
    return CAME_LATER if record.date_created > current.published_at else LEFT_OUT
