"""What lies in a parcel, as whoever counts it needs it, and what a code is that is not in there."""

from dataclasses import dataclass

from django.db.models import Q

from catalogue.lots.models import Lot
from catalogue.products.models import Product
from fulfilment.orders.allocating.models import Allocation
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .models import PackingCheck
from .policies import Item, LotPart, Weighs


def items_of(consignment_id: int) -> list[Item]:
    """Return the lines of a parcel with codes and lots (two queries)."""
    held = Allocation.objects.filter(
        line__consignment_line__consignment=consignment_id, state=Allocation.State.HELD
    ).select_related("stock__lot")
    lots: dict[int, list[LotPart]] = {}
    for row in held.order_by("stock__shelf", "pk"):
        lots.setdefault(row.line_id, []).append(LotPart(row.stock.lot.number, row.stock.shelf, row.quantity))
    links = ConsignmentLine.objects.filter(consignment=consignment_id).select_related("order_line__product")
    return [_item(link, tuple(lots.get(link.order_line_id, ()))) for link in links.order_by("pk")]


def _item(link: ConsignmentLine, lots: tuple[LotPart, ...]) -> Item:
    line, product = link.order_line, link.order_line.product
    codes = [line.partner_sku, *(part.number for part in lots), *((product.sku, product.upc) if product else ())]
    return Item(
        line=line.pk,
        title=line.title_here,
        sku=line.partner_sku,
        quantity=link.quantity,
        codes=frozenset(code.upper() for code in codes if code),
        lots=lots,
        weighs=Weighs(product.net_weight_g or 0, product.gross_weight_g) if product else None,
    )


@dataclass(frozen=True)
class Stranger:
    """What a code is that is not in the parcel: a ``parcel``'s label, or goods named ``goods``; else unknown."""

    parcel: str = ""
    goods: str = ""


def stranger(code: str) -> Stranger:
    """Say what a code belongs to (three queries at most)."""
    named = Q(reference__iexact=code) | Q(order__number__iexact=code)
    if parcel := Consignment.objects.filter(named).order_by("pk").values_list("reference", flat=True).first():
        return Stranger(parcel=parcel)
    if lot := Lot.objects.filter(number__iexact=code).select_related("stockrecord__product").first():
        return Stranger(goods=lot.stockrecord.product.get_title())
    found = Q(upc__iexact=code) | Q(sku__iexact=code) | Q(stockrecords__partner_sku__iexact=code)
    product = Product.objects.filter(found).order_by("pk").first()
    return Stranger(goods=product.get_title() if product else "")


def check_of(consignment: Consignment) -> PackingCheck | None:
    """Return the count that a closed parcel stands by."""
    standing = PackingCheck.objects.filter(consignment=consignment, opened_again_at=None)
    return standing.select_related("checked_by").first()
