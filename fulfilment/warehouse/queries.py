"""Reads of consignments. What a cooperative sees never holds the buyer's e-mail, phone or order total."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from catalogue.cooperatives.models import Partner
from fulfilment.orders.allocating.models import Allocation
from fulfilment.shipping.models import Courier

from .models import Consignment, ConsignmentLine

TO_PREPARE = ("OPEN", "PICKED", "PACKED")


@dataclass(frozen=True)
class Item:
    """How many of what, named in the reader's language; ``product`` for its picture, none once it is gone."""

    title: str
    sku: str
    quantity: int
    product: Any


@dataclass(frozen=True)
class Parcel:
    """A consignment as its cooperative sees it: what goes in, whose name and town stand on the label."""

    id: int
    reference: str
    state: str
    state_label: str
    opened_at: datetime
    picked_at: datetime | None
    packed_at: datetime | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    to_name: str
    to_town: str
    to_country: str
    items: tuple[Item, ...]


def for_cooperative(cooperative: Partner, *, open_only: bool = True, limit: int = 100) -> list[Parcel]:
    """A cooperative's consignments: what is to prepare, the oldest first; or all, the newest first (two queries)."""
    found = _with_items().filter(origin__cooperative=cooperative)
    if open_only:
        found = found.filter(state__in=TO_PREPARE).order_by("opened_at", "pk")
    return [_parcel(consignment) for consignment in found[:limit]]


def with_sellers(order: Any) -> list[Consignment]:
    """Return an order's loaded consignments with their ``seller``: who sends each, named as the order names them."""
    names = {line.partner_id: line.partner_name for line in order.lines.all()}
    parcels = list(order.consignments.all())
    for parcel in parcels:
        parcel.seller = names.get(parcel.origin.cooperative_id) or parcel.origin.name
    return parcels


def waiting_of(cooperative: Partner) -> int:
    """How many consignments a cooperative has to prepare (one query)."""
    return Consignment.objects.filter(origin__cooperative=cooperative, state__in=TO_PREPARE).count()


def parcel_of(cooperative: Partner, reference: str) -> Parcel | None:
    """One consignment of this cooperative; nothing for another's."""
    return next(map(_parcel, _with_items().filter(origin__cooperative=cooperative, reference=reference)), None)


def _with_items() -> QuerySet[Consignment]:
    lines = ConsignmentLine.objects.select_related("order_line__product__family").order_by("pk")
    return Consignment.objects.select_related(
        "order__shipping_address__country", "order__shipping_address__commune", "order__shipping_address__province"
    ).prefetch_related(Prefetch("lines", queryset=lines))


def _parcel(consignment: Consignment) -> Parcel:
    address = consignment.order.shipping_address
    return Parcel(
        id=consignment.pk,
        reference=consignment.reference,
        state=consignment.state,
        state_label=consignment.get_state_display(),
        opened_at=consignment.opened_at,
        picked_at=consignment.picked_at,
        packed_at=consignment.packed_at,
        handed_over_at=consignment.handed_over_at,
        delivered_at=consignment.delivered_at,
        to_name=address.last_name if address else consignment.order.buyer_name,
        to_town=town_of(address),
        to_country=consignment.order.destination,
        items=tuple(_item(line) for line in consignment.lines.all()),
    )


def _item(line: ConsignmentLine) -> Item:
    sold = line.order_line
    return Item(sold.title_here, sold.partner_sku, line.quantity, sold.product)


def town_of(address: Any) -> str:
    """Name the town of a loaded address, as near as it is known; nothing without one."""
    if address is None:
        return ""
    named = [address.commune and address.commune.name, address.line4, address.province and address.province.name]
    return next((name for name in named if name), "")


def gross_weight_g(lines: Iterable[ConsignmentLine]) -> int | None:
    """Add up what loaded lines weigh with their packaging, in grams; none without lines or where a product is gone."""
    goods = [(line.order_line.product, line.quantity) for line in lines]
    if not goods or any(product is None for product, _quantity in goods):
        return None
    return sum(product.gross_weight_g * quantity for product, quantity in goods)


@dataclass(frozen=True)
class LotPieces:
    """How many pieces of an order line come from which lot."""

    number: str
    quantity: int


def lots_of(consignment: Consignment) -> dict[int, tuple[LotPieces, ...]]:
    """Return the lots that are in a parcel, or left with it, by order line (one query)."""
    held = Allocation.objects.filter(line__consignment_line__consignment=consignment)
    held = held.exclude(state=Allocation.State.RELEASED).select_related("stock__lot").order_by("line", "pk")
    found: dict[int, tuple[LotPieces, ...]] = {}
    for row in held:
        found[row.line_id] = (*found.get(row.line_id, ()), LotPieces(row.stock.lot.number, row.quantity))
    return found


def own_round() -> int | None:
    """Return the courier that carries what nobody said otherwise of: the first of our own rounds (one query)."""
    own = Courier.objects.filter(kind=Courier.Kind.OWN, is_active=True)
    return own.order_by("pk").values_list("pk", flat=True).first()


def couriers() -> list[Courier]:
    """Return who may be handed a parcel, our own rounds first (one query)."""
    return list(Courier.objects.filter(is_active=True).order_by("kind", "name", "pk"))
