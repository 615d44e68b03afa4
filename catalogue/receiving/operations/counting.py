"""Counting a place: differences are shown first, and applied all or none.

What left or came between a count and its applying is taken into account: a line keeps what the books said when it was
counted, and how much had really come and gone by then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel.locks import advisory_lock, lock_one
from catalogue.kernel.tables import Problem, TableRefused
from catalogue.lots.models import Lot, LotStock, Place, StockMovement
from catalogue.lots.operations import lot_at, move_pieces
from catalogue.lots.operations.holding import locked
from catalogue.people.models import User
from catalogue.receiving import reading
from catalogue.receiving.models import Stocktake, StocktakeLine
from catalogue.receiving.models.delivering import MOST_PIECES
from catalogue.receiving.queries import lots_by_code, moved_really, overtaken

State, Kind = Stocktake.State, StockMovement.Kind


class StocktakeEnded(Exception):
    """The stocktake is applied or dropped already."""


class NothingCounted(Exception):
    """There is nothing to apply."""


class NotFound(Exception):
    """No lot bears this code here, or several do: ``numbers`` are theirs."""

    def __init__(self, code: str, numbers: Sequence[str] = ()) -> None:
        self.code, self.numbers = code, list(numbers)
        super().__init__(code)


class MovedMeanwhile(Exception):
    """Pieces of this lot left or came while it was being counted: nobody knows whether they are in the figure."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        super().__init__(lot.number)


class StocktakeRefused(Exception):
    """Nothing was applied; ``reasons`` say why, by line."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__(" ".join(reasons.values()))


@transaction.atomic
def open_stocktake(*, place: Place, by: User, now: datetime) -> Stocktake:
    """Begin to count a place of ours; someone who counts it already goes on with that."""
    advisory_lock(f"stocktake:{place.pk}")
    there = Stocktake.objects.filter(place=place, state=State.OPEN, opened_by=by).first()
    return there or Stocktake.objects.create(place=place, opened_at=now, opened_by=by)


@transaction.atomic
def count_one(
    *, stocktake_id: int, code: str, pieces: int, by: User, now: datetime, add: bool = False
) -> StocktakeLine:
    """Write how many of a lot were counted, or ``add`` more of them. ``code`` is a lot number, or an EAN or reference.

    Locks stocktake, stock record, lot, lot stock. Raises ``NotFound``, ``MovedMeanwhile`` and ``StocktakeEnded``.
    """
    stocktake = _open(stocktake_id)
    stock = locked(LotStock.objects.filter(pk=_found(stocktake.place, code).pk))[0]
    before = StocktakeLine.objects.filter(stocktake=stocktake, stock=stock).first()
    moved = moved_really([stock.pk]).get(stock.pk, 0)
    if add and before:
        if before.moved != moved:
            raise MovedMeanwhile(stock.lot)
        before.counted = min(before.counted + pieces, MOST_PIECES)
        before.counted_by = by
        before.save(update_fields=["counted", "counted_by"])
        return before
    values = {"counted": pieces, "book": stock.on_hand, "moved": moved, "counted_at": now, "counted_by": by}
    return StocktakeLine.objects.update_or_create(stocktake=stocktake, stock=stock, defaults=values)[0]


@transaction.atomic
def count_file(*, stocktake_id: int, content: bytes, by: User, now: datetime) -> int:
    """Write what a file says was counted, all of it or nothing, and return how many lots.

    Locks stocktake, stock records, lots, lot stock. Raises ``TableRefused`` (of the tables) with row and reason.
    """
    stocktake = _open(stocktake_id)
    rows = reading.read(content, opened_at=stocktake.opened_at, now=now)
    lots = {lot.number: lot for lot in Lot.objects.filter(number__in=[row.lot for row in rows])}
    if unknown := [row for row in rows if row.lot not in lots]:
        words = _("No lot bears the number “%(lot)s”.")
        raise TableRefused([Problem(words % {"lot": row.lot[:40]}, row.row) for row in unknown])
    ids = [lot_at(lots[row.lot], stocktake.place).pk for row in rows]
    stock = {row.lot.number: row for row in locked(LotStock.objects.filter(pk__in=ids))}
    moved = moved_really(ids)
    for row in rows:
        here, at = stock[row.lot], row.counted_at or now
        since = _since(here, at)
        StocktakeLine.objects.update_or_create(
            stocktake=stocktake,
            stock=here,
            defaults={
                "counted": row.counted,
                "book": max(0, here.on_hand - since),
                "moved": moved.get(here.pk, 0) - since,
                "counted_at": at,
                "counted_by": by,
            },
        )
    return len(rows)


@transaction.atomic
def apply_stocktake(*, stocktake_id: int, by: User, now: datetime) -> int:
    """Set the books to what was counted, what came and went since included; return how many lots changed. All or none.

    Locks stocktake, stock records, lots, lot stock. Raises ``StocktakeRefused`` where fewer would be left than are sold
    already, or someone else counted or put right a lot since; ``NothingCounted``, ``StocktakeEnded``.
    """
    stocktake = _open(stocktake_id)
    lines = list(stocktake.lines.order_by("stock_id"))
    if not lines:
        raise NothingCounted(stocktake.number)
    stock = {row.pk: row for row in locked(LotStock.objects.filter(pk__in=[line.stock_id for line in lines]))}
    moved = moved_really(stock)
    targets = {line.pk: line.counted + moved.get(line.stock_id, 0) - line.moved for line in lines}
    late = overtaken(lines)
    reasons = {
        line.pk: why
        for line in lines
        if (why := _wrong(stock[line.stock_id], targets[line.pk], is_late=line.pk in late))
    }
    if reasons:
        raise StocktakeRefused(reasons)
    places = {pk: place for place, pk in enumerate(stock)}
    for line in sorted(lines, key=lambda line: places[line.stock_id]):
        line.applied = targets[line.pk] - stock[line.stock_id].on_hand
        line.save(update_fields=["applied"])
        if line.applied:
            move_pieces(
                stock=stock[line.stock_id],
                kind=Kind.COUNTED,
                change=line.applied,
                reference=stocktake.number,
                by=by,
                now=now,
            )
    _end(stocktake, State.APPLIED, by, now)
    return sum(bool(line.applied) for line in lines)


@transaction.atomic
def drop_stocktake(*, stocktake_id: int, by: User, now: datetime) -> None:
    """Forget a stocktake: nothing of it is applied. Raises ``StocktakeEnded``."""
    _end(_open(stocktake_id), State.DROPPED, by, now)


def _open(stocktake_id: int) -> Stocktake:
    stocktake = lock_one(Stocktake.objects.filter(pk=stocktake_id))
    if stocktake.state != State.OPEN:
        raise StocktakeEnded(stocktake.number)
    return stocktake


def _end(stocktake: Stocktake, state: str, by: User, now: datetime) -> None:
    stocktake.state, stocktake.ended_at, stocktake.ended_by = state, now, by
    stocktake.save(update_fields=["state", "ended_at", "ended_by"])


def _found(place: Place, code: str) -> LotStock:
    """Return what a place has of the lot that a scanned code means."""
    if lot := Lot.objects.filter(number=code).first():
        return lot_at(lot, place)
    here = lots_by_code(place, code)
    if len(here) != 1:
        raise NotFound(code, [row.lot.number for row in here])
    return here[0]


def _since(stock: LotStock, at: datetime) -> int:
    """Sum what really came and went after a moment."""
    rows = StockMovement.objects.filter(stock=stock, at__gt=at).exclude(kind__in=(Kind.COUNTED, Kind.ADJUSTED))
    return sum(rows.values_list("change", flat=True))


def _wrong(stock: LotStock, target: int, *, is_late: bool) -> str:
    words = {"lot": stock.lot.number, "held": stock.held}
    if is_late:
        return _("%(lot)s was counted or put right by someone else since. Count it again.") % words
    if target < stock.held:
        return _("%(lot)s: %(held)s are sold already, and fewer would be left. Look for the others.") % words
    return ""
