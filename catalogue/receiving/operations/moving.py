"""Goods that leave one place for another and arrive there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.locks import lock_ids, lock_one
from catalogue.lots.models import LotStock, Place, StockMovement
from catalogue.lots.operations import lot_at, move_pieces
from catalogue.lots.operations.holding import locked
from catalogue.people.models import User
from catalogue.receiving.models import Transfer, TransferLine

Kind = StockMovement.Kind


@dataclass(frozen=True)
class Arrived:
    pieces: int
    difference: str = ""
    note: str = ""


class TransferRefused(Exception):
    """Nothing moved; ``reasons`` say why, by lot stock when sending and by line when arriving."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__(" ".join(reasons.values()))


class TransferArrived(Exception):
    """The transfer arrived before, with other figures."""


@transaction.atomic
def send_transfer(
    *, from_place: Place, to_place: Place, pieces: Mapping[int, int], key: UUID, by: User, now: datetime
) -> Transfer:
    """Let pieces (lot stock id: how many) leave for another place. The same ``key`` again is the same transfer.

    Nothing that is promised moves. Locks stock records, lots, lot stock. Raises ``TransferRefused``.
    """
    stock = {row.pk: row for row in locked(LotStock.objects.filter(pk__in=set(pieces), place=from_place))}
    if made := Transfer.objects.filter(key=key).first():
        return made
    reasons = {pk: why for pk, number in pieces.items() if (why := _cannot_leave(stock.get(pk), number))}
    if from_place == to_place or to_place.kind == Place.Kind.COOPERATIVE or not to_place.is_active:
        reasons[0] = _("Choose another hub or shop that is open.")
    if reasons or not pieces:
        raise TransferRefused(reasons or {0: _("Write how many pieces of at least one lot.")})
    transfer = Transfer.objects.create(key=key, from_place=from_place, to_place=to_place, sent_at=now, sent_by=by)
    for pk, number in sorted(pieces.items()):
        TransferLine.objects.create(transfer=transfer, stock_id=pk, quantity=number)
        move_pieces(stock=stock[pk], kind=Kind.MOVED_OUT, change=-number, reference=transfer.number, by=by, now=now)
    return transfer


@transaction.atomic
def receive_transfer(*, transfer_id: int, arrived: Mapping[int, Arrived], by: User, now: datetime) -> Transfer:
    """Let what arrived (line id: what) lie at its new place, with a reason for what did not.

    Locks transfer, stock records, lots, lot stock. The same figures again change nothing; raises ``TransferArrived``
    for others, ``TransferRefused`` where a line is missing or says too much.
    """
    transfer = lock_one(Transfer.objects.filter(pk=transfer_id))
    lines = list(transfer.lines.select_related("stock__lot").order_by("stock__lot__stockrecord", "stock__lot", "pk"))
    if transfer.state == Transfer.State.ARRIVED:
        if {line.pk: line.arrived for line in lines} != {pk: one.pieces for pk, one in arrived.items()}:
            raise TransferArrived(transfer.number)
        return transfer
    if reasons := {line.pk: why for line in lines if (why := _cannot_arrive(line, arrived.get(line.pk)))}:
        raise TransferRefused(reasons)
    lock_ids(StockRecord, [line.stock.lot.stockrecord_id for line in lines])
    for line in lines:
        found = arrived[line.pk]
        line.arrived, line.difference, line.note = found.pieces, "", found.note
        if found.pieces < line.quantity:
            line.difference = found.difference
        line.save(update_fields=["arrived", "difference", "note"])
        if found.pieces:
            move_pieces(
                stock=lot_at(line.stock.lot, transfer.to_place),
                kind=Kind.MOVED_IN,
                change=found.pieces,
                reference=transfer.number,
                by=by,
                now=now,
            )
    transfer.state, transfer.arrived_at, transfer.arrived_by = Transfer.State.ARRIVED, now, by
    transfer.save(update_fields=["state", "arrived_at", "arrived_by"])
    return transfer


def _cannot_leave(stock: LotStock | None, number: int) -> str:
    if stock is None:
        return _("This lot does not lie here.")
    if number < 1:
        return _("Write a whole number from 1 on.")
    if number > stock.free:
        words = _("Of the lot %(lot)s only %(free)s are free to move; the others are sold already.")
        return words % {"lot": stock.lot.number, "free": stock.free}
    return ""


def _cannot_arrive(line: TransferLine, found: Arrived | None) -> str:
    if found is None:
        return _("Write how many arrived.")
    if not 0 <= found.pieces <= line.quantity:
        words = _("From 0 to %(most)s can arrive. If more are there, count the place.")
        return words % {"most": line.quantity}
    if found.pieces < line.quantity and not found.difference:
        return _("Say what happened to those that did not arrive.")
    return ""
