"""Promising pieces of lots, and what becomes of the promise. Inside the caller's transaction, which owns its cause."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from catalogue.lots.models import LotStock, StockMovement
from catalogue.lots.policies import Position, Short, Take, choose, choose_one_place
from catalogue.lots.queries import candidates_of, sellable


class SoldOut(Short):
    """Less is left than was asked. ``left`` says how many of each stock record that falls short."""


class NotHeld(Exception):
    """More was released or consumed than is promised: a mistake of ours, never of a buyer."""


def allocate(
    wanted: Mapping[int, int],
    *,
    day: date,
    abroad: bool = False,
    to: Position | None = None,
    place_id: int | None = None,
) -> list[Take]:
    """Promise pieces of each stock record (id: pieces): all of them, from few places and the lots that age first.

    ``place_id`` takes from that place alone. Locks every candidate by key and only then sorts: whoever edits a lot's
    dates holds its stock record. Raises ``SoldOut`` and promises nothing.
    """
    rows = locked(sellable(place_id=place_id).filter(lot__stockrecord_id__in=set(wanted)))
    try:
        takes = choose(wanted, candidates_of(rows, day=day, abroad=abroad), to)
    except Short as short:
        raise SoldOut(short.left) from None
    _hold(takes)
    return takes


def allocate_whole(
    stockrecord_id: int,
    quantity: int,
    *,
    day: date,
    abroad: bool = False,
    to: Position | None = None,
    place_id: int | None = None,
) -> list[Take]:
    """Promise pieces of one stock record that one place has all of; the nearest such place unless told which."""
    rows = locked(sellable(place_id=place_id).filter(lot__stockrecord_id=stockrecord_id))
    try:
        takes = choose_one_place(stockrecord_id, quantity, candidates_of(rows, day=day, abroad=abroad), to)
    except Short as short:
        raise SoldOut(short.left) from None
    _hold(takes)
    return takes


def release(pieces: Mapping[int, int]) -> None:
    """Take promises back (lot stock id: pieces): the goods may be promised again, where their lot allows it."""
    _check_held(pieces)
    _change_held({pk: -quantity for pk, quantity in pieces.items()})


def consume(pieces: Mapping[int, int], *, reference: str, now: datetime, by: Any = None) -> None:
    """Turn promises (lot stock id: pieces) into goods that left their place."""
    _check_held(pieces)
    _change_held({pk: -quantity for pk, quantity in pieces.items()})
    _move(pieces, StockMovement.Kind.SOLD, -1, reference, now, by)


def put_back(pieces: Mapping[int, int], *, reference: str, now: datetime, by: Any = None) -> None:
    """Put goods that had left, and came back, where they were, into their own lot."""
    locked(LotStock.objects.filter(pk__in=set(pieces)))
    _move(pieces, StockMovement.Kind.CAME_BACK, 1, reference, now, by)


def locked(rows: QuerySet[LotStock]) -> list[LotStock]:
    """Lock what lies somewhere, with its lot and its stock record before it, in the order of keys."""
    related = rows.select_related("lot__stockrecord__product", "place")
    ordered = related.order_by("lot__stockrecord_id", "lot_id", "pk")
    return list(ordered.select_for_update(no_key=True, of=("lot__stockrecord", "lot", "self")))


def _hold(takes: Iterable[Take]) -> None:
    _change_held({take.stock_id: take.quantity for take in takes})


def _check_held(pieces: Mapping[int, int]) -> None:
    held = {row.pk: row.held for row in locked(LotStock.objects.filter(pk__in=set(pieces)))}
    for pk, quantity in pieces.items():
        if quantity > held.get(pk, 0):
            raise NotHeld(f"lot stock {pk} does not hold {quantity}")


def _change_held(changes: Mapping[int, int]) -> None:
    if not changes:
        return
    by_stock = Case(
        *(When(pk=pk, then=Value(change)) for pk, change in sorted(changes.items())),
        default=Value(0),
        output_field=IntegerField(),
    )
    LotStock.objects.filter(pk__in=changes).update(held=F("held") + by_stock)


def _move(pieces: Mapping[int, int], kind: str, sign: int, reference: str, now: datetime, by: Any) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(stock_id=pk, kind=kind, change=sign * quantity, reference=reference, at=now, by=by)
        for pk, quantity in sorted(pieces.items())
    )
