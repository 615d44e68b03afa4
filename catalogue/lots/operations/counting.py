"""What a cooperative counts in its own store."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext

from catalogue.cooperatives.models import StockCount, StockRecord
from catalogue.kernel.locks import lock_ids
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Lot, LotStock, Place, QualityDecision, StockMovement
from catalogue.people.models import User

from .changing import add_lot, decide, lot_at, place_of
from .holding import locked

Kind = StockMovement.Kind


class BelowPromised(Exception):
    """Fewer were counted than shoppers have already been promised."""

    def __init__(self, promised: int) -> None:
        self.promised = promised
        super().__init__(
            ngettext(
                "%(promised)d is already sold: the count cannot be lower. If it is missing, call the office.",
                "%(promised)d are already sold: the count cannot be lower. If some are missing, call the office.",
                promised,
            )
            % {"promised": promised}
        )


@transaction.atomic
def record_count(*, stockrecord_id: int, counted: int, key: UUID, counted_by: User, now: datetime) -> StockCount:
    """Set what a cooperative has of a product in its own store to what was counted, promised pieces included.

    What is missing is taken from the lots that age first, as if it had been sold at the door; what is more joins the
    youngest lot, or a new one made today. Locks stock record, lots, lot stock. The same ``key`` again changes nothing,
    even when pieces were sold in between. Raises ``BelowPromised``.
    """
    record = lock_ids(StockRecord, [stockrecord_id])[stockrecord_id]
    if made := StockCount.objects.filter(key=key).first():
        return made
    place = place_of(record.partner)
    here = LotStock.objects.filter(place=place, lot__stockrecord=record, lot__state=Lot.State.RELEASED)
    stock = sorted(locked(here), key=_age)
    before, promised = sum(row.on_hand for row in stock), sum(row.held for row in stock)
    if counted < promised:
        raise BelowPromised(promised)
    count = StockCount.objects.create(
        key=key, stockrecord=record, before=before, counted=counted, counted_by=counted_by, counted_at=now
    )
    if counted > before:
        youngest = stock[-1] if stock else _new_lot(record, place, counted_by, now)
        _write(youngest, counted - before, count, counted_by, now)
    for row in stock:
        missing = before - counted
        if missing > 0 and row.free:
            gone = min(missing, row.free)
            _write(row, -gone, count, counted_by, now)
            before -= gone
    return count


def _age(row: LotStock) -> tuple[object, ...]:
    lot = row.lot
    return lot.best_before is None, lot.best_before or lot.produced_on, lot.produced_on, lot.pk


def _write(row: LotStock, change: int, count: StockCount, by: User, now: datetime) -> None:
    StockMovement.objects.create(
        stock=row, kind=Kind.COUNTED, change=change, reference=f"count-{count.pk}", at=now, by=by
    )


def _new_lot(record: StockRecord, place: Place, by: User, now: datetime) -> LotStock:
    """Make a lot of what a cooperative counts and nobody had announced: made today, as its product lasts."""
    made_on, life = day_of(now), record.product.shelf_life_days
    serial = Lot.objects.filter(stockrecord=record).count() + 1
    lot = add_lot(
        number=f"C{made_on:%y%j}-{record.partner_sku}-{serial}"[:40],
        stockrecord=record,
        produced_on=made_on,
        best_before=made_on + timedelta(days=life) if life else None,
        now=now,
    )
    decide(lot=lot, state=Lot.State.RELEASED, reason=QualityDecision.Reason.COOPERATIVE, now=now, by=by, note="counted")
    return lot_at(lot, place)
