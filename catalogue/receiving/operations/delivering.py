"""What a cooperative announces, and calls off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel.locks import lock, lock_ids, lock_one
from catalogue.lots.models import Lot, LotStock, Place, StockMovement
from catalogue.lots.operations import move_pieces
from catalogue.people.models import User
from catalogue.receiving.models import CallOff, Delivery, DeliveryLine
from catalogue.receiving.models.delivering import MOST_PIECES

from .taking_in import DeliveryMoved


@dataclass(frozen=True)
class Announced:
    """Pieces of one lot that will come. ``row`` is where they were written, for the person."""

    stockrecord_id: int
    lot_number: str
    produced_on: date
    best_before: date | None
    pieces: int
    row: int = 1


class AnnouncementRefused(Exception):
    """Nothing was announced; ``reasons`` say why (row, sentence)."""

    def __init__(self, reasons: Sequence[tuple[int, str]]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(reason for _row, reason in reasons))


@transaction.atomic
def announce(
    *,
    cooperative: Partner,
    place: Place,
    expected_on: date,
    lines: Sequence[Announced],
    key: UUID,
    by: User,
    now: datetime,
    call_off_ids: Iterable[int] = (),
) -> Delivery:
    """Write down what a cooperative sends to a place of ours. The same ``key`` again is the same delivery.

    Pieces of a lot that lies in the cooperative's own store leave it now, so that nobody sells them twice. Call-offs of
    the same goods are answered by it. Locks call-offs, stock records, lots, lot stock. Raises ``AnnouncementRefused``.
    """
    call_offs = lock(CallOff.objects.filter(pk__in=set(call_off_ids), stockrecord__partner=cooperative))
    records = lock_ids(StockRecord, [line.stockrecord_id for line in lines])
    if made := Delivery.objects.filter(key=key).first():
        return made
    store = _store(cooperative, lines)
    reasons = [(line.row, why) for line in lines for why in _wrong(line, lines, records, cooperative, store)]
    if place.kind == Place.Kind.COOPERATIVE or not place.is_active:
        reasons.append((0, _("Choose a hub or a shop that is open.")))
    if reasons or not lines:
        raise AnnouncementRefused(reasons or [(0, _("Write at least one product and how many pieces."))])
    delivery = Delivery.objects.create(
        key=key, cooperative=cooperative, place=place, expected_on=expected_on, announced_at=now, announced_by=by
    )
    for line in lines:
        _write(delivery, line, store.get(line.lot_number), by, now)
    called = {line.stockrecord_id for line in lines}
    for call_off in call_offs:
        if call_off.state == CallOff.State.ASKED and call_off.stockrecord_id in called:
            call_off.state, call_off.delivery, call_off.ended_at, call_off.ended_by = "ANSWERED", delivery, now, by
            call_off.save(update_fields=["state", "delivery", "ended_at", "ended_by"])
    return delivery


@transaction.atomic
def call_off_delivery(*, delivery_id: int, by: User, now: datetime) -> Delivery:
    """Say that an announced delivery does not come; what had left the cooperative's store lies there again.

    Locks delivery, stock records, lots, lot stock. Raises ``DeliveryMoved`` once it was received.
    """
    delivery = lock_one(Delivery.objects.filter(pk=delivery_id))
    if delivery.state == Delivery.State.CALLED_OFF:
        return delivery
    if delivery.state != Delivery.State.ANNOUNCED:
        raise DeliveryMoved(delivery)
    lines = delivery.lines.filter(sent_from__isnull=False).order_by("stockrecord", "sent_from__lot", "pk")
    for stock, pieces in [(line.sent_from, line.expected) for line in lines.select_related("sent_from")]:
        if stock:
            kind = StockMovement.Kind.MOVED_IN
            move_pieces(stock=stock, kind=kind, change=pieces, reference=delivery.number, by=by, now=now)
    delivery.state, delivery.ended_at = Delivery.State.CALLED_OFF, now
    delivery.save(update_fields=["state", "ended_at"])
    return delivery


def _store(cooperative: Partner, lines: Sequence[Announced]) -> dict[str, LotStock]:
    """Return what lies of these lots in the cooperative's own store, locked, by lot number."""
    here = LotStock.objects.filter(place__cooperative=cooperative, lot__number__in={line.lot_number for line in lines})
    lock(Lot.objects.filter(number__in={line.lot_number for line in lines}))
    lock(here)
    return {row.lot.number: row for row in here.select_related("lot").filter(on_hand__gt=0)}


def _wrong(
    line: Announced,
    lines: Sequence[Announced],
    records: dict[int, StockRecord],
    cooperative: Partner,
    store: dict[str, LotStock],
) -> Iterable[str]:
    record = records.get(line.stockrecord_id)
    if record is None or record.partner_id != cooperative.pk:
        yield _("This product is not one of this cooperative's.")
        return
    if not 1 <= line.pieces <= MOST_PIECES:
        yield _("Write how many pieces, from 1 to %(most)s.") % {"most": MOST_PIECES}
    if line.best_before is not None and line.best_before <= line.produced_on:
        yield _("The best-before day is not after the day it was made.")
    if line.best_before is None and record.product.date_type:
        yield _("This product needs its best-before day.")
    if sum(other.lot_number == line.lot_number for other in lines) > 1:
        yield _("The lot %(lot)s is written twice.") % {"lot": line.lot_number}
    known = Lot.objects.filter(number=line.lot_number).first()
    if known and known.stockrecord_id != line.stockrecord_id:
        yield _("The lot %(lot)s is of another product.") % {"lot": line.lot_number}
    elif known and (known.produced_on, known.best_before) != (line.produced_on, line.best_before):
        yield _("The lot %(lot)s is known with other dates.") % {"lot": line.lot_number}
    elif known and known.state == Lot.State.RECALLED:
        yield _("The lot %(lot)s is recalled: it cannot be sent to us.") % {"lot": line.lot_number}
    here = store.get(line.lot_number)
    if here and here.free < line.pieces:
        words = _("Of the lot %(lot)s only %(free)s are free in the store: count the store first, or write fewer.")
        yield words % {"lot": line.lot_number, "free": here.free}


def _write(delivery: Delivery, line: Announced, here: LotStock | None, by: User, now: datetime) -> None:
    DeliveryLine.objects.create(
        delivery=delivery,
        stockrecord_id=line.stockrecord_id,
        lot_number=line.lot_number,
        produced_on=line.produced_on,
        best_before=line.best_before,
        expected=line.pieces,
        sent_from=here,
    )
    if here:
        move_pieces(
            stock=here,
            kind=StockMovement.Kind.MOVED_OUT,
            change=-line.pieces,
            reference=delivery.number,
            by=by,
            now=now,
        )
