"""Counting and taking in what a cooperative delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.locks import lock_ids, lock_one
from catalogue.kernel.photos import Photo
from catalogue.lots.models import Lot, StockMovement
from catalogue.lots.operations import LotKnown, add_lot, lot_at, move_pieces
from catalogue.people.models import User
from catalogue.receiving.models import Delivery, DeliveryLine, RefusalPhoto
from catalogue.receiving.models.delivering import MOST_PIECES

State, Kind = Delivery.State, StockMovement.Kind


@dataclass(frozen=True)
class Counted:
    """What was found of one line."""

    counted: int
    refused: int = 0
    refusal: str = ""
    note: str = ""
    photo: Photo | None = None


class DeliveryMoved(Exception):
    """The delivery is not in the state that this asks for: someone was faster."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        super().__init__(f"{delivery.number} is {delivery.state}")


class CountRefused(Exception):
    """Nothing was written; ``reasons`` say why, by line."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__(" ".join(reasons.values()))


class AwaitingChecks(Exception):
    """Lots of this delivery still wait for their check; ``numbers`` are theirs."""

    def __init__(self, numbers: Sequence[str]) -> None:
        self.numbers = list(numbers)
        super().__init__(", ".join(numbers))


@transaction.atomic
def count_delivery(*, delivery_id: int, found: Mapping[int, Counted], now: datetime) -> Delivery:
    """Write what was found of some or all lines (id: what), which may be corrected until they are taken in.

    Locks the delivery. Raises ``CountRefused`` and ``DeliveryMoved``, and writes nothing then.
    """
    delivery = lock_one(Delivery.objects.filter(pk=delivery_id))
    if delivery.state != State.ANNOUNCED:
        raise DeliveryMoved(delivery)
    lines = {line.pk: line for line in delivery.lines.filter(pk__in=set(found))}
    if reasons := {pk: why for pk, counted in found.items() if (why := _wrong(counted, lines.get(pk)))}:
        raise CountRefused(reasons)
    for pk, counted in sorted(found.items()):
        line = lines[pk]
        line.counted, line.refused = counted.counted, counted.refused
        line.refusal, line.note = counted.refusal if counted.refused else "", counted.note
        line.save(update_fields=["counted", "refused", "refusal", "note"])
        if photo := counted.photo:
            kept = {"content": photo.content, "sha256": photo.sha256, "taken_at": now}
            RefusalPhoto.objects.update_or_create(line=line, defaults=kept)
    return delivery


@transaction.atomic
def receive_delivery(*, delivery_id: int, by: User, now: datetime) -> Delivery:
    """Take in what was counted and not refused: each line's lot is known or made known.

    What was refused goes back and never enters the stock. Locks delivery, stock records, lots, lot stock. Receiving
    twice is receiving once. Raises ``CountRefused`` where a line is not counted or its lot is not what it says.
    """
    delivery = lock_one(Delivery.objects.filter(pk=delivery_id).select_related("place"))
    if delivery.state in (State.RECEIVED, State.CLOSED):
        return delivery
    if delivery.state != State.ANNOUNCED:
        raise DeliveryMoved(delivery)
    lines = list(delivery.lines.order_by("stockrecord_id", "lot_number"))
    records = lock_ids(StockRecord, [line.stockrecord_id for line in lines])
    reasons: dict[int, str] = {}
    for line in lines:
        if line.counted is None:
            reasons[line.pk] = _("This line is not counted yet.")
        elif line.accepted or line.sent_from_id:
            line.lot, why = _lot(line, records[line.stockrecord_id], now)
            if why:
                reasons[line.pk] = why
    if reasons:
        raise CountRefused(reasons)
    for line in sorted(lines, key=lambda line: (line.stockrecord_id, line.lot_id or 0)):
        _take_in(delivery, line, by, now)
    delivery.state, delivery.received_at, delivery.received_by = State.RECEIVED, now, by
    delivery.save(update_fields=["state", "received_at", "received_by"])
    return delivery


@transaction.atomic
def close_delivery(*, delivery_id: int, now: datetime) -> Delivery:
    """Put a received delivery aside once its lots are decided on. Raises ``AwaitingChecks``, ``DeliveryMoved``."""
    delivery = lock_one(Delivery.objects.filter(pk=delivery_id))
    if delivery.state == State.CLOSED:
        return delivery
    if delivery.state != State.RECEIVED:
        raise DeliveryMoved(delivery)
    waiting = Lot.objects.filter(arrivals__delivery=delivery, state=Lot.State.AWAITING)
    if numbers := list(waiting.values_list("number", flat=True)):
        raise AwaitingChecks(numbers)
    delivery.state, delivery.ended_at = State.CLOSED, now
    delivery.save(update_fields=["state", "ended_at"])
    return delivery


def _wrong(found: Counted, line: DeliveryLine | None) -> str:
    if line is None:
        return _("This line is not part of the delivery.")
    if not 0 <= found.counted <= MOST_PIECES:
        return _("Write how many were found, from 0 to %(most)s.") % {"most": MOST_PIECES}
    if not 0 <= found.refused <= found.counted:
        return _("More cannot be refused than were found.")
    if found.refused and not found.refusal:
        return _("Say why they are refused.")
    if line.sent_from_id and found.counted > line.expected:
        return _("More were found than left the cooperative's store: have the store counted first.")
    return ""


def _lot(line: DeliveryLine, record: StockRecord, now: datetime) -> tuple[Lot | None, str]:
    """Return the lot of a line and what is wrong with it."""
    try:
        return (
            add_lot(
                number=line.lot_number,
                stockrecord=record,
                produced_on=line.produced_on,
                best_before=line.best_before,
                now=now,
            ),
            "",
        )
    except LotKnown as known:
        lot, words = known.lot, {"lot": line.lot_number}
        if lot.stockrecord_id != record.pk:
            return None, _("The lot %(lot)s is of another product.") % words
        if (lot.produced_on, lot.best_before) != (line.produced_on, line.best_before):
            return None, _("The lot %(lot)s is known with other dates.") % words
        if lot.state == Lot.State.RECALLED and line.accepted:
            return None, _("The lot %(lot)s is recalled: refuse all of it.") % words
        return lot, ""


def _take_in(delivery: Delivery, line: DeliveryLine, by: User, now: datetime) -> None:
    line.save(update_fields=["lot"])
    common: dict[str, Any] = {"reference": delivery.number, "by": by, "now": now}
    if line.accepted and line.lot:
        kind = Kind.MOVED_IN if line.sent_from_id else Kind.RECEIVED
        move_pieces(stock=lot_at(line.lot, delivery.place), kind=kind, change=line.accepted, **common)
    if line.refused and line.sent_from:
        move_pieces(stock=line.sent_from, kind=Kind.MOVED_IN, change=line.refused, reason=line.refusal, **common)
