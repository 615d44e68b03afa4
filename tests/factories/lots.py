"""Lots, places and pieces of them. Every argument has a sensible value; pass what the test is about."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.lots.models import Lot, LotStock, Place, StockMovement
from catalogue.lots.operations import place_of
from catalogue.places.models import Province

numbers = count(1)


def make_place(kind: str = "hub", **fields: Any) -> Place:
    """Return a hub or a shop in Casablanca, or somewhere else."""
    number = next(numbers)
    values = {
        "code": f"{kind.upper()}-{number}",
        "kind": kind,
        "name": f"{kind} {number}",
        "town": "Casablanca",
        "latitude": Decimal("33.57"),
        "longitude": Decimal("-7.59"),
    } | fields
    if "province" not in values:
        values["province"] = Province.objects.first()
    return Place.objects.create(**values)


def store_of(cooperative: Partner) -> Place:
    """Return a cooperative's own store."""
    return place_of(cooperative)


def make_lot(
    record: StockRecord,
    quantity: int = 10,
    *,
    place: Place | None = None,
    best_before: date | None = None,
    produced_on: date = date(2026, 10, 1),
    state: str = Lot.State.RELEASED,
    number: str = "",
    held: int = 0,
) -> LotStock:
    """Return pieces of a lot at a place, the cooperative's own store unless told otherwise; the sums follow."""
    lot = Lot.objects.create(
        number=number or f"LOT-{next(numbers):05d}",
        stockrecord=record,
        produced_on=produced_on,
        best_before=best_before,
        state=state,
        made_known_at=timezone.now(),
    )
    stock = LotStock.objects.create(lot=lot, place=place or store_of(record.partner))
    if quantity:
        move(stock, quantity)
    if held:
        LotStock.objects.filter(pk=stock.pk).update(held=held)
    stock.refresh_from_db()
    return stock


def move(stock: LotStock, change: int, kind: str = "counted") -> None:
    """Let pieces come or go."""
    StockMovement.objects.create(stock=stock, kind=kind, change=change, at=timezone.now())


def set_stock(record: StockRecord, quantity: int) -> None:
    """Leave so many pieces of a stock record, all of them in its first lot."""
    record.refresh_from_db()
    change = quantity - (record.num_in_stock or 0)
    stock = LotStock.objects.filter(lot__stockrecord=record).order_by("pk").first() or make_lot(record, 0)
    if change:
        move(stock, change)
    record.refresh_from_db()
