"""Reads of what came back."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from catalogue.lots.models import Lot

from .models import Returned


def waiting() -> QuerySet[Returned, Any]:
    """What waits to be looked at, the oldest first: ``reference``, ``came``, ``pieces``, ``place``, ``order``."""
    rows = Returned.objects.filter(inspected_at=None).order_by().values("reference")
    told = {"place": Min("stock__place_id"), "order": Min("line__order__number"), "lots": Count("stock", distinct=True)}
    return rows.annotate(came=Min("came_at"), pieces=Sum("quantity"), **told).order_by("came", "reference")


def inspected() -> QuerySet[Returned]:
    """What was looked at, the latest first."""
    rows = Returned.objects.exclude(inspected_at=None)
    return rows.select_related("line", "stock__lot", "inspected_by").order_by("-inspected_at", "-pk")


def come_with(reference: str) -> list[Returned]:
    """Return all that came back together, with product, lot, place and order (one query)."""
    rows = Returned.objects.filter(reference=reference).order_by("pk")
    return list(rows.select_related("line__order", "line__product", "stock__lot", "stock__place", "inspected_by"))


def sold_again(rows: Iterable[Returned], day: date) -> set[int]:
    """Name the rows whose lot may still be sold, so that what is as new is on offer again."""
    return {
        row.pk
        for row in rows
        if row.stock.lot.state == Lot.State.RELEASED and not (row.stock.lot.best_before or date.max) <= day
    }
