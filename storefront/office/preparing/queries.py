"""What is to be taken from the shelves of a place, and what is missing there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Sum

from catalogue.lots.models import Place
from fulfilment.orders.allocating.models import Allocation
from fulfilment.warehouse.models import Consignment, Shortage

from .policies import MOST_PARCELS, shelf_order

State = Consignment.State


@dataclass(frozen=True)
class Pick:
    """Pieces of one lot, and for which parcels (reference, pieces) they are."""

    shelf: str
    title: str
    sku: str
    lot: str
    best_before: date | None
    pieces: int
    parcels: tuple[tuple[str, int], ...]


def places_to_pick_at() -> QuerySet[Place]:
    """Return the places that have parcels to prepare."""
    return Place.objects.filter(consignments__state=State.OPEN).distinct().order_by("kind", "name", "pk")


def parcels_to_pick(place: Place) -> list[Consignment]:
    """Return open parcels of a place that nobody is asked about, the oldest first, as many as one wave (one query)."""
    waiting = Consignment.objects.filter(origin=place, state=State.OPEN).exclude(_asked()).select_related("order")
    return list(waiting.annotate(pieces=Sum("lines__quantity")).order_by("opened_at", "pk")[:MOST_PARCELS])


def parcels_asked_about(place: Place) -> list[Consignment]:
    """Return open parcels of a place whose buyers are asked what to do (one query)."""
    return list(Consignment.objects.filter(_asked(), origin=place, state=State.OPEN).order_by("opened_at", "pk"))


def _asked() -> Exists:
    return Exists(Shortage.objects.filter(consignment=OuterRef("pk"), outcome=""))


def picks_of(parcels: Sequence[Consignment]) -> list[Pick]:
    """Return what parcels take from the shelves, by shelf, product and lot (one query)."""
    held = Allocation.objects.filter(
        state=Allocation.State.HELD, line__consignment_line__consignment__in=[parcel.pk for parcel in parcels]
    )
    held = held.select_related("stock__lot", "line__consignment_line__consignment")
    by_stock: dict[int, list[Allocation]] = {}
    for row in held.order_by("line__consignment_line__consignment", "pk"):
        by_stock.setdefault(row.stock_id, []).append(row)
    return sorted(map(_pick, by_stock.values()), key=lambda pick: (shelf_order(pick.shelf), pick.title, pick.lot))


def _pick(rows: Sequence[Allocation]) -> Pick:
    stock, line = rows[0].stock, rows[0].line
    parcels: dict[str, int] = {}
    for row in rows:
        reference = row.line.consignment_line.consignment.reference
        parcels[reference] = parcels.get(reference, 0) + row.quantity
    return Pick(
        shelf=stock.shelf,
        title=line.title_here,
        sku=line.partner_sku,
        lot=stock.lot.number,
        best_before=stock.lot.best_before,
        pieces=sum(parcels.values()),
        parcels=tuple(parcels.items()),
    )


def kept_in(consignment: Consignment) -> list[Allocation]:
    """Return what is kept for a parcel, of which something may be missing (one query)."""
    held = Allocation.objects.filter(line__consignment_line__consignment=consignment, state=Allocation.State.HELD)
    return list(held.select_related("line", "stock__lot").order_by("line", "pk"))


def shortages_listed() -> QuerySet[Shortage]:
    """Return shortages with what their page names of them."""
    return Shortage.objects.select_related(
        "order_line", "consignment__order", "consignment__origin", "found_by", "settled_by"
    )
