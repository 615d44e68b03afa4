"""Lots made known, decided on, dated otherwise; pieces that come, go and move."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import events
from catalogue.kernel.locks import lock_ids, lock_one
from catalogue.kernel.periods import day_of
from catalogue.lots import signals
from catalogue.lots.models import Lot, LotStock, Place, QualityDecision, StockMovement
from catalogue.lots.policies import lasts, least_days
from catalogue.lots.queries import TOO_OLD_CHUNK, released_and_ageing

State, Reason = Lot.State, QualityDecision.Reason


class LotKnown(Exception):
    """Another lot bears this number; ``lot`` is it."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        super().__init__(f"lot {lot.number} is known")


class LotEnds(Exception):
    """A lot's best-before day must come after the day it was made."""


class AlreadyMoved(Exception):
    """This key made another movement before."""


class StaysRecalled(Exception):
    """A recalled lot is never anything else again; a trigger keeps it so."""


def place_of(cooperative: Partner) -> Place:
    """Return a cooperative's own store; it is made when it is first needed."""
    fields = {
        "code": cooperative.code,
        "kind": Place.Kind.COOPERATIVE,
        "province_id": cooperative.province_id,
        "postal_code": cooperative.postal_code,
        "phone": cooperative.phone,
        "latitude": cooperative.latitude,
        "longitude": cooperative.longitude,
    }
    for language in ("ar", "fr", "en"):
        fields[f"name_{language}"] = getattr(cooperative, f"short_name_{language}")
        fields[f"town_{language}"] = getattr(cooperative, f"commune_name_{language}")
    return Place.objects.get_or_create(cooperative=cooperative, defaults=fields)[0]


@transaction.atomic
def add_lot(
    *,
    number: str,
    stockrecord: StockRecord,
    produced_on: date,
    best_before: date | None,
    now: datetime,
) -> Lot:
    """Make a lot known; nothing of it lies anywhere yet, and it waits for its check.

    Raises ``LotEnds``, or ``LotKnown`` when the number is taken.
    """
    if best_before is not None and best_before <= produced_on:
        raise LotEnds(number)
    try:
        with transaction.atomic():
            return Lot.objects.create(
                number=number,
                stockrecord=stockrecord,
                produced_on=produced_on,
                best_before=best_before,
                made_known_at=now,
            )
    except IntegrityError:
        raise LotKnown(Lot.objects.get(number=number)) from None


def lot_at(lot: Lot, place: Place) -> LotStock:
    """Return what a place has of a lot; a row with nothing is made when there was none."""
    return LotStock.objects.get_or_create(lot=lot, place=place)[0]


@transaction.atomic
def move_pieces(
    *,
    stock: LotStock,
    kind: str,
    change: int,
    now: datetime,
    by: Any = None,
    reason: str = "",
    reference: str = "",
    key: UUID | None = None,
) -> StockMovement:
    """Write one movement; the database applies it. The same ``key`` again changes nothing.

    Locks stock record, lot and lot stock. Raises ``AlreadyMoved`` when the key stands for another movement.
    """
    lock_stock(stock)
    if key and (made := StockMovement.objects.filter(key=key).first()):
        if (made.stock_id, made.kind, made.change) != (stock.pk, kind, change):
            raise AlreadyMoved(key)
        return made
    return StockMovement.objects.create(
        stock=stock, kind=kind, change=change, reason=reason, reference=reference, key=key, at=now, by=by
    )


def lock_stock(stock: LotStock) -> LotStock:
    """Lock a stock record, its lot and what one place has of it, in this order."""
    lot = Lot.objects.get(pk=stock.lot_id)
    lock_lot(lot)
    return lock_one(LotStock.objects.filter(pk=stock.pk))


def lock_lot(lot: Lot) -> Lot:
    lock_ids(StockRecord, [lot.stockrecord_id])
    return lock_one(Lot.objects.filter(pk=lot.pk))


@transaction.atomic
def decide(
    *,
    lot: Lot,
    state: str,
    reason: str,
    now: datetime,
    by: Any = None,
    note: str = "",
    answers: dict[str, Any] | None = None,
) -> QualityDecision | None:
    """Release, block or recall a lot. Nothing when it is so already.

    Announces ``pieces_withdrawn`` for what is held of a lot that may not be sent any more. Raises ``StaysRecalled``.
    """
    fresh = lock_lot(lot)
    if fresh.state == state:
        return None
    if fresh.state == State.RECALLED:
        raise StaysRecalled(fresh.number)
    decision = QualityDecision.objects.create(
        lot=fresh, state=state, reason=reason, note=note, answers=answers or {}, at=now, by=by
    )
    Lot.objects.filter(pk=fresh.pk).update(state=state)
    lot.state = state
    if state != State.RELEASED and reason != Reason.TOO_OLD:  # what was sold while young enough is still sent
        held = LotStock.objects.filter(lot=fresh, held__gt=0).order_by("pk")
        if stock_ids := list(held.values_list("pk", flat=True)):
            events.announce(signals.pieces_withdrawn, stock_ids=stock_ids, cause=f"decision-{decision.pk}")
    return decision


@transaction.atomic
def redate(*, lot: Lot, produced_on: date, best_before: date | None) -> Lot:
    """Correct a lot's dates. Raises ``LotEnds``."""
    if best_before is not None and best_before <= produced_on:
        raise LotEnds(lot.number)
    fresh = lock_lot(lot)
    fresh.produced_on, fresh.best_before = produced_on, best_before
    fresh.save(update_fields=["produced_on", "best_before"])
    return fresh


def retire(*, now: datetime) -> int:
    """Block released lots that are too near their date to be sold at home, and return how many. Each by itself."""
    day, blocked = day_of(now), 0
    while lots := [lot for lot in released_and_ageing(day) if _is_too_old(lot, day)][:TOO_OLD_CHUNK]:
        for lot in lots:
            blocked += decide(lot=lot, state=State.BLOCKED, reason=Reason.TOO_OLD, now=now) is not None
    return blocked


def _is_too_old(lot: Lot, day: date) -> bool:
    days = least_days(abroad=False, shelf_life_days=lot.stockrecord.product.shelf_life_days)
    return not lasts(lot.best_before, day, days)
