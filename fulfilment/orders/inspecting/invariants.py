"""What must be true of goods that came back."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.kernel.invariants import invariant
from catalogue.lots.models import StockMovement
from fulfilment.orders.allocating.models import Allocation

from .models import RETURNED, Returned

Kind = StockMovement.Kind


@invariant("orders: what came back is in the books once it was inspected, and not before")
def the_books_follow_inspections() -> Iterable[object]:
    together = Returned.objects.order_by().values("reference", "stock")
    waits = Q(inspected_at=None)
    groups = together.annotate(
        came=Coalesce(Sum("quantity", filter=~waits), 0),
        kept=Coalesce(Sum("good", filter=~waits), 0),
        back=_moved(Kind.CAME_BACK),
        off=_moved(Kind.WRITTEN_OFF, reason__startswith=RETURNED),
    )
    return groups.exclude(came=F("back"), kept=F("back") + F("off"))


@invariant("orders: what waits or was inspected had left, and came back")
def what_came_back_had_left() -> Iterable[object]:
    back = Allocation.objects.filter(line=OuterRef("line"), stock=OuterRef("stock"), state=Allocation.State.BACK)
    summed = _sum(back.order_by().values("line"), "quantity")
    groups = Returned.objects.order_by().values("line", "stock").annotate(came=Sum("quantity"), back=summed)
    return groups.exclude(came=F("back"))


def _moved(kind: str, **also: str) -> Coalesce:
    rows = StockMovement.objects.filter(stock=OuterRef("stock"), reference=OuterRef("reference"), kind=kind, **also)
    return _sum(rows.order_by().values("stock"), "change")


def _sum(rows: QuerySet[Any, Any], name: str) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(found=Sum(name)).values("found"), output_field=IntegerField()), 0)
