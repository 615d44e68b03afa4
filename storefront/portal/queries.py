"""What one cooperative sees of itself: its products and their stock. Everything starts from the cooperative."""

from django.db.models import F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from catalogue.cooperatives.models import Partner, StockCount, StockRecord
from catalogue.receiving.models import Delivery
from catalogue.receiving.queries import lies_at

LOW = 5
"""Below this many on offer a product is shown as running out, unless its stock record says otherwise."""


def products(cooperative: Partner) -> QuerySet[StockRecord]:
    """Return what the cooperative sells, with ``available`` pieces and ``is_low``, by name.

    ``in_store`` and ``sold_in_store`` lie in its own store, ``elsewhere`` at the hub and the shops.
    """
    available = Coalesce(F("num_in_stock"), 0) - Coalesce(F("num_allocated"), 0)
    return (
        StockRecord.objects.filter(partner=cooperative)
        .exclude(product__status="archived")
        .select_related("product__family")
        .annotate(
            in_store=lies_at(OuterRef("pk"), in_store=True),
            sold_in_store=lies_at(OuterRef("pk"), in_store=True, name="held"),
            elsewhere=lies_at(OuterRef("pk"), in_store=False),
        )
        .annotate(available=available, is_low=Q(available__lte=Coalesce(F("low_stock_threshold"), Value(LOW))))
        .order_by("product__family__code", "product__title", "pk")
    )


def running_out(cooperative: Partner) -> QuerySet[StockRecord]:
    """Return the products of which few are left, fewest first."""
    return products(cooperative).filter(is_low=True, product__status="published").order_by("available", "pk")


def counts(record: StockRecord) -> QuerySet[StockCount]:
    """Return the last times a product was counted."""
    return StockCount.objects.filter(stockrecord=record).select_related("counted_by")[:5]


def deliveries(cooperative: Partner) -> QuerySet[Delivery]:
    """Return what the cooperative announced, newest first."""
    rows = Delivery.objects.filter(cooperative=cooperative).select_related("place")
    return rows.annotate(pieces=Sum("lines__expected"), refused=Sum("lines__refused")).order_by("-expected_on", "-pk")
