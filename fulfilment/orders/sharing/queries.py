"""Reads of what left for order lines, and of whose it is."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from catalogue.lots.models import LotShare
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line

from . import policies
from .models import LineShare
from .policies import Part

LEFT = (Allocation.State.LEFT, Allocation.State.BACK)


def shared_lots(lines: Iterable[Line] | QuerySet[Line]) -> dict[int, dict[int, int]]:
    """Return the shares of the lots that left for lines, by lot and cooperative, those that are shared (one query)."""
    left = Allocation.objects.filter(line__in=lines, state__in=LEFT)
    rows = LotShare.objects.filter(lot__stock__allocations__in=left).values_list("lot", "cooperative", "per_mille")
    found: dict[int, dict[int, int]] = {}
    for lot, cooperative, per_mille in rows.order_by("lot", "cooperative").distinct():
        found.setdefault(lot, {})[cooperative] = per_mille
    return found


def due_shares(lines: Iterable[Line] | QuerySet[Line]) -> dict[int, list[Part]]:
    """Work out how lines that left are shared, by line: nothing for those of which no lot is (one query, or three)."""
    shares = shared_lots(lines)
    if not shares:
        return {}
    pieces: dict[int, Counter[int]] = {}
    left = Allocation.objects.filter(line__in=lines, state__in=LEFT)
    for line, lot, quantity in left.values_list("line", "stock__lot", "quantity"):
        pieces.setdefault(line, Counter())[lot] += quantity
    parts = {
        line.pk: policies.parts_of(
            pieces[line.pk], shares, seller_id=line.partner_id, owed_mad=line.owed_mad, given_mad=line.given_mad
        )
        for line in Line.objects.filter(pk__in=pieces).order_by("pk")
    }
    return {line: found for line, found in parts.items() if found}


def shares_of(line_ids: Iterable[int]) -> dict[int, list[LineShare]]:
    """Return the shares of lines that several made, by line (one query)."""
    found: dict[int, list[Any]] = {}
    for share in LineShare.objects.filter(line__in=set(line_ids)).order_by("line", "lot", "cooperative"):
        found.setdefault(share.line_id, []).append(share)
    return found
