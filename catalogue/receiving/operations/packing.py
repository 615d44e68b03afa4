"""Hampers: packed from their components before they are sold, and taken apart again."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.locks import lock_ids
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Lot, LotStock, Place, QualityDecision, StockMovement
from catalogue.lots.operations import add_lot, decide, lot_at, move_pieces
from catalogue.lots.operations.holding import locked
from catalogue.lots.policies import Candidate
from catalogue.lots.queries import candidates_of, sellable
from catalogue.people.models import User
from catalogue.products.models import Component
from catalogue.receiving.models import LotPart

from .adjusting import NotFree

Kind = StockMovement.Kind


class NoHamper(Exception):
    """This product holds no components: it is no hamper."""


class ComponentsMissing(Exception):
    """Components are short; ``short`` says how many pieces are missing, by product title. Nothing was packed."""

    def __init__(self, short: Mapping[str, int]) -> None:
        self.short = dict(short)
        listed = " · ".join(
            _("%(product)s: %(missing)s missing") % {"product": k, "missing": v} for k, v in short.items()
        )
        super().__init__(listed)


@transaction.atomic
def pack_hampers(*, stockrecord: StockRecord, number: int, place: Place, by: User, now: datetime) -> Lot:
    """Make so many hampers of what lies at a place, what ages first going first: all of it or nothing.

    The hampers are a lot of their own that lasts as long as the component that ends first. Locks stock records, lots,
    lot stock. Raises ``NoHamper`` and ``ComponentsMissing``.
    """
    if number < 1:
        raise ValueError("hampers are packed one by one at least")
    components = list(Component.objects.filter(hamper=stockrecord.product_id).select_related("product"))
    if not components:
        raise NoHamper(stockrecord.pk)
    products = [component.product_id for component in components]
    sellers = StockRecord.objects.filter(product__in=products).values_list("pk", flat=True)
    lock_ids(StockRecord, [stockrecord.pk, *sellers])
    rows = locked(sellable(place_id=place.pk).filter(lot__stockrecord__in=list(sellers)))
    stock = {row.pk: row for row in rows}
    takes = _choose(components, number, candidates_of(rows, day=day_of(now)), stock)
    ends = [row.lot.best_before for pk in takes if (row := stock[pk]).lot.best_before]
    lot = _lot(stockrecord, min(ends, default=None), by, now)
    for pk, pieces in sorted(takes.items()):
        _take(stock[pk], lot, pieces, by, now)
    move_pieces(stock=lot_at(lot, place), kind=Kind.RECEIVED, change=number, reference=lot.number, by=by, now=now)
    return lot


@transaction.atomic
def unpack_hampers(*, stock: LotStock, number: int, by: User, now: datetime) -> None:
    """Take hampers apart: their components lie again where they were taken from. Locks as ``pack_hampers``.

    Raises ``NotFree`` for hampers that are promised or not there, ``NoHamper`` for a lot that we did not pack.
    """
    lot = stock.lot
    parts = list(LotPart.objects.filter(hamper=lot).select_related("stock__lot__stockrecord").order_by("-pk"))
    lock_ids(StockRecord, [lot.stockrecord_id, *(part.stock.lot.stockrecord_id for part in parts)])
    fresh = locked(LotStock.objects.filter(pk=stock.pk))[0]
    if not parts:
        raise NoHamper(lot.pk)
    if not 1 <= number <= fresh.free:
        raise NotFree(fresh.free)
    why = f"unpacked: {lot.number}"
    move_pieces(stock=fresh, kind=Kind.MOVED_OUT, change=-number, reason=why, reference=lot.number, by=by, now=now)
    for component, pieces in _taken_out(lot, parts, number):
        LotPart.objects.create(hamper=lot, stock=component, pieces=-pieces, at=now, by=by)
        here = lot_at(component.lot, fresh.place)
        move_pieces(stock=here, kind=Kind.MOVED_IN, change=pieces, reason=why, reference=lot.number, by=by, now=now)


def _taken_out(lot: Lot, parts: list[LotPart], number: int) -> list[tuple[LotStock, int]]:
    """Say which pieces come out of so many hampers: as many of each product as one holds, packed last first."""
    movements = StockMovement.objects.filter(stock__lot=lot, kind=Kind.RECEIVED)
    made = movements.aggregate(made=Sum("change"))["made"]
    packed, left, stock = Counter[int](), Counter[int](), dict[int, LotStock]()
    for part in parts:
        packed[part.stock.lot.stockrecord.product_id] += max(0, part.pieces)
        left[part.stock_id] += part.pieces
        stock[part.stock_id] = part.stock
    wanted = {product: pieces // made * number for product, pieces in packed.items()}
    out = []
    for pk, there in left.items():
        product = stock[pk].lot.stockrecord.product_id
        if taken := min(wanted[product], there):
            wanted[product] -= taken
            out.append((stock[pk], taken))
    return sorted(out, key=lambda one: (one[0].lot.stockrecord_id, one[0].lot_id, one[0].pk))


def _choose(
    components: list[Component], number: int, candidates: list[Candidate], stock: Mapping[int, LotStock]
) -> dict[int, int]:
    """Choose pieces (lot stock id: how many) for so many hampers, oldest first, or say what is short."""
    short, takes = dict[str, int](), dict[int, int]()
    for component in components:
        wanted = component.quantity * number
        for found in sorted(candidates, key=lambda found: found.age):
            if wanted and stock[found.stock_id].lot.stockrecord.product_id == component.product_id and found.free > 0:
                taken = min(wanted, found.free)
                takes[found.stock_id] = taken
                wanted -= taken
        if wanted:
            short[component.product.title] = wanted
    if short:
        raise ComponentsMissing(short)
    return takes


def _take(stock: LotStock, lot: Lot, pieces: int, by: User, now: datetime) -> None:
    LotPart.objects.create(hamper=lot, stock=stock, pieces=pieces, at=now, by=by)
    move_pieces(
        stock=stock,
        kind=Kind.MOVED_OUT,
        change=-pieces,
        reason=f"packed: {lot.number}",
        reference=lot.number,
        by=by,
        now=now,
    )


def _lot(stockrecord: StockRecord, best_before: date | None, by: User, now: datetime) -> Lot:
    today = day_of(now)
    serial = Lot.objects.filter(stockrecord=stockrecord).count() + 1
    lot = add_lot(
        number=f"H{today:%y%j}-{stockrecord.product.sku}-{serial}"[:40],
        stockrecord=stockrecord,
        produced_on=today,
        best_before=best_before,
        now=now,
    )
    reason = QualityDecision.Reason.CHECKED
    decide(lot=lot, state=Lot.State.RELEASED, reason=reason, note="packed from released lots", by=by, now=now)
    return lot
