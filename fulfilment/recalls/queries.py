"""From a lot to every order, parcel, place and buyer; and from an order to what of it is called back.

Driven by lots: their stock rows, then the allocations of these in the index ``allocation_of_a_lot``, then the lines
and orders of these alone. How many other orders there are does not matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from catalogue.lots.models import Lot, LotStock
from catalogue.receiving.models import LotPart, Transfer, TransferLine
from fulfilment.collecting.models import CounterSale
from fulfilment.orders.allocating.models import Allocation

from .models import Recall, RecalledLot
from .policies import Reach, Row, Shelf, reach

State = Allocation.State


def with_hampers(lot_ids: Iterable[int]) -> dict[int, int | None]:
    """Return lots and every lot of hampers that pieces of them ever went into, with the lot that each holds.

    Also hampers that were taken apart since: which of equal jars came out again, the books do not know.
    """
    found: dict[int, int | None] = dict.fromkeys(lot_ids)
    new = set(found)
    while new:
        went_into = LotPart.objects.filter(stock__lot__in=new, pieces__gt=0).order_by("hamper", "stock__lot")
        pairs = went_into.values_list("hamper_id", "stock__lot_id").distinct()
        new = set()
        for hamper, holds in pairs:
            if hamper not in found:
                found[hamper] = holds
                new.add(hamper)
    return found


def reached_by(lots: Mapping[int, int | None]) -> Reach:
    """Return all that lots (of ``with_hampers``) reached, by order (four queries)."""
    stock = dict(LotStock.objects.filter(lot__in=lots).values_list("pk", "lot_id"))
    rows = Allocation.objects.filter(stock__in=stock, state__in=(State.HELD, State.LEFT, State.BACK))
    parcel = "line__consignment_line__consignment"
    told = rows.order_by("line__order_id", "line_id", "stock_id").values_list(
        "stock_id",
        "line__order_id",
        "line__order__number",
        "line__order__phone",
        "line_id",
        f"{parcel}__reference",
        f"{parcel}__state",
        "state",
        "quantity",
    )
    found = (
        Row(stock[key], order, number, phone, line, parcel or "", is_at or "", state, pieces)
        for key, order, number, phone, line, parcel, is_at, state, pieces in told
    )
    return reach(lots, found, [*_on_shelves(lots), *_between(lots)])


def _on_shelves(lots: Iterable[int]) -> list[Shelf]:
    rows = LotStock.objects.filter(lot__in=set(lots), on_hand__gt=0).select_related("place")
    return [
        Shelf(row.lot_id, row.place.name, row.place.get_kind_display(), row.on_hand)
        for row in rows.order_by("place__kind", "place", "lot")
    ]


def _between(lots: Iterable[int]) -> list[Shelf]:
    """What left one place of ours and has not arrived at the other."""
    moving = TransferLine.objects.filter(stock__lot__in=set(lots), transfer__state=Transfer.State.SENT)
    rows = moving.select_related("stock", "transfer__to_place").order_by("pk")
    return [
        Shelf(
            row.stock.lot_id,
            row.transfer.to_place.name,
            row.transfer.to_place.get_kind_display(),
            row.quantity,
            on_the_way=True,
        )
        for row in rows
    ]


def reach_of(recall: Recall) -> Reach:
    """Return what a recall reaches now: pieces come back, and parcels arrive, while it is open."""
    return reached_by(dict(recall.lots.values_list("lot_id", "holds_id")))


def orders_to_tell(recall_id: int) -> list[int]:
    """Return the orders of which pieces left and are with their buyers, or on their way there."""
    return [order.order_id for order in reach_of(Recall.objects.get(pk=recall_id)).to_tell]


def is_nameless(order: Any) -> bool:
    """Tell whether an order was sold over a counter to someone who left no number (one query unless loaded)."""
    sale = getattr(order, "counter_sale", None)
    return sale is not None and not sale.names_buyer


def nameless(order_ids: Iterable[int]) -> set[int]:
    """Return those of the orders whose buyers left no number at the counter (one query)."""
    sales = CounterSale.objects.filter(order__in=set(order_ids), names_buyer=False)
    return set(sales.values_list("order_id", flat=True))


def lots_named(numbers: Iterable[str]) -> dict[str, Lot]:
    """Return lots by the number that was written, whatever the capitals."""
    written = {number.upper(): number for number in numbers}
    found = Lot.objects.filter(number__in={*written, *written.values()})
    return {written[lot.number.upper()]: lot for lot in found.select_related("stockrecord__product")}


def open_recalls_of(lot_ids: Iterable[int]) -> list[RecalledLot]:
    """Return in which open recalls lots are named themselves."""
    rows = RecalledLot.objects.filter(lot__in=set(lot_ids), holds=None, is_open=True)
    return list(rows.select_related("lot", "recall").order_by("pk"))


def recalls() -> QuerySet[Recall]:
    """Return recalls, the latest first, with how many lots each names."""
    return Recall.objects.select_related("opened_by").annotate(number_of_lots=Count("lots")).order_by("-pk")


def lots_of(recall: Recall) -> list[RecalledLot]:
    return list(recall.lots.select_related("lot__stockrecord__product", "lot__stockrecord__partner", "holds"))


@dataclass(frozen=True)
class RecalledPieces:
    """Pieces of one line that its buyer should not use: how many, of which lot, and the recall that says why."""

    line_id: int
    title: str
    lot: str
    pieces: int
    recall: Recall


def recalled_in(order_ids: Iterable[int]) -> list[RecalledPieces]:
    """Return what of orders has left and was called back, open recalls and closed ones (two queries, one for none)."""
    last = RecalledLot.objects.filter(lot=OuterRef("stock__lot")).order_by("-pk").values("recall_id")[:1]
    left = Allocation.objects.filter(line__order__in=set(order_ids), state=State.LEFT, stock__lot__state="RECALLED")
    left = left.exclude(line__consignment_line__consignment__state__in=("REFUSED", "LOST"))
    rows = list(left.annotate(recall_id=Subquery(last)).select_related("line", "stock__lot").order_by("line", "pk"))
    known = Recall.objects.in_bulk({row.recall_id for row in rows}) if rows else {}
    return [
        RecalledPieces(row.line_id, row.line.title_here, row.stock.lot.number, row.quantity, known[row.recall_id])
        for row in rows
        if row.recall_id in known
    ]


def recall_of_lot(lot: Any) -> Recall | None:
    """Return the latest recall of a lot, whether it is closed or not: its goods stay what they are."""
    return Recall.objects.filter(lots__lot=lot).order_by("-pk").first()
