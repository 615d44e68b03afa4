"""Making up for pieces that are not there: another lot of the place, another place, or the buyer's word.

Every operation locks the order, then its consignments, then stock records, lots and what lies of them.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.periods import day_of
from catalogue.lots import operations as lots
from catalogue.lots.models import StockMovement
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line, Order
from fulfilment.warehouse import parcels, policies, signals
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .answering import Answered, Parcels, TooLate, answer, answer_by_rule, do, settle
from .models import Shortage
from .policies import Choice

__all__ = [
    "Answered",
    "NotBeingPrepared",
    "NotKept",
    "TooLate",
    "answer",
    "answer_by_rule",
    "check_opened",
    "replace_withdrawn",
    "report",
]
State, Reason, Outcome = Consignment.State, Shortage.Reason, Shortage.Outcome


class NotBeingPrepared(Exception):
    """Only of a parcel that is not closed yet can something be missing."""


class NotKept(Exception):
    """So many pieces of that lot are not kept for this line. ``kept`` are."""

    def __init__(self, kept: int) -> None:
        self.kept = kept
        super().__init__(f"only {kept} kept")


@transaction.atomic
def report(
    *,
    consignment_id: int,
    order_line_id: int,
    stock_id: int,
    missing: int,
    reason: str,
    by: Any,
    now: datetime,
    of: int | None = None,
) -> Shortage:
    """Say that pieces of a lot, kept for a line, are not on their shelf or not good; the books follow the shelf.

    Makes up for them at once where it can. ``of``: how many whoever says so saw kept, so that the same said twice is
    refused. Raises ``NotBeingPrepared`` or ``NotKept``.
    """
    order, consignments = parcels.locked(consignment_id)
    consignment = consignments[consignment_id]
    if consignment.state not in policies.CANCELLABLE:
        raise NotBeingPrepared(consignment.reference)
    line = Line.objects.get(pk=order_line_id, consignment_line__consignment=consignment)
    held = allocating.held_of(Line.objects.filter(pk=line.pk)).filter(stock=stock_id).first()
    if held is None or not 0 < missing <= held.quantity or of not in (None, held.quantity):
        raise NotKept(held.quantity if held else 0)
    allocating.let_go(held, missing, now)
    lots.move_pieces(
        stock=held.stock,
        kind=StockMovement.Kind.ADJUSTED if reason == Reason.NOT_FOUND else StockMovement.Kind.WRITTEN_OFF,
        change=-missing,
        reason=f"missing in {consignment.reference}"
        if reason == Reason.NOT_FOUND
        else f"damaged, {consignment.reference}",
        reference=consignment.reference,
        now=now,
        by=by,
    )
    return _make_up(order, consignments, {line: missing}, reason=reason, by=by, now=now)[0]


@transaction.atomic
def replace_withdrawn(*, order_id: int, now: datetime) -> list[Shortage]:
    """Find other pieces for what an order keeps of lots that may not be sold any more. A second call changes nothing.

    A closed parcel is opened again. An order without parcels yet gets other pieces, or is looked at when they open.
    """
    order, consignments = parcels.locked_of(order_id)
    links = {link.order_line_id: link for link in ConsignmentLine.objects.filter(consignment__in=consignments)}
    lost: Counter[Line] = Counter()
    for held in allocating.withdrawn_in(Line.objects.filter(order=order), day_of(now)):
        allocating.let_go(held, held.quantity, now)
        lost[held.line] += held.quantity
    for line in [line for line in lost if line.pk not in links]:
        _other_lot_or_place(order, line, now)
        del lost[line]
    for consignment_id in {links[line.pk].consignment_id for line in lost}:
        if consignments[consignment_id].state == State.PACKED:
            parcels.open_again(consignments[consignment_id], now)
    return _make_up(order, consignments, lost, reason=Reason.WITHDRAWN, by=None, now=now)


def check_opened(order: Order, consignments: Parcels, now: datetime) -> None:
    """Make up for what was lost between placing and opening: an order may have waited, and a lot been withdrawn."""
    links = ConsignmentLine.objects.filter(consignment__in=consignments).select_related("order_line").order_by("pk")
    lost = {link.order_line: link.quantity - (link.order_line.num_allocated or 0) for link in links}
    lost = {line: missing for line, missing in lost.items() if missing}
    _make_up(order, consignments, lost, reason=Reason.WITHDRAWN, by=None, now=now)


def _make_up(
    order: Order, consignments: Parcels, lost: Mapping[Line, int], *, reason: str, by: Any, now: datetime
) -> list[Shortage]:
    """Make up for missing pieces of lines where that can be done, then ask about the others.

    What is asked about a line already is one question with what is missing now.
    """
    found = []
    for line, missing in lost.items():
        link = ConsignmentLine.objects.get(order_line=line)
        shortage = Shortage.objects.filter(order_line=line, outcome="").first() or Shortage(
            consignment_id=link.consignment_id, order_line=line, missing=0, found_at=now, found_by=by, reason=reason
        )
        shortage.missing += missing
        found.append(_replace(order, consignments, shortage, link, now))
    _ask(order, consignments, [shortage for shortage in found if not shortage.outcome], now)
    return found


def _replace(order: Order, consignments: Parcels, shortage: Shortage, link: ConsignmentLine, now: datetime) -> Shortage:
    """Keep other pieces in the place of the missing ones, and say where they come from; nothing where none are."""
    line, consignment = shortage.order_line, consignments[link.consignment_id]
    if allocating.keep_more(order, line, shortage.missing, place_id=consignment.origin_id, now=now):
        return settle(shortage, Outcome.OTHER_LOT, now)
    if place_id := _other_place(order, consignments, line, link.quantity, now):
        _move_line(order, consignments, consignment, line, place_id, now)
        return settle(shortage, Outcome.OTHER_PLACE, now)
    return shortage


def _ask(order: Order, consignments: Parcels, asked: list[Shortage], now: datetime) -> None:
    """Ask the buyer; of an order with nothing else in it there is nothing to ask, unless some of it is there."""
    is_over = not _is_anything_kept(order)
    for shortage in asked:
        shortage.answer_by = now if is_over else now + timedelta(hours=settings.SHORTAGE_ANSWER_HOURS)
        shortage.save()
        if not is_over:
            events.announce(signals.line_short, order_id=order.pk, shortage_id=shortage.pk, missing=shortage.missing)
    if asked and is_over:
        do(order, consignments, asked[0], Choice.CALL_OFF, now)
        for shortage in asked[1:]:
            shortage.refresh_from_db()


def _is_anything_kept(order: Order) -> bool:
    of_order = Allocation.objects.filter(line__order=order)
    return of_order.filter(state__in=(Allocation.State.HELD, Allocation.State.LEFT)).exists()


def _other_lot_or_place(order: Order, line: Line, now: datetime) -> None:
    allocating.give_up_line(line, now)
    allocating.keep_more(order, line, line.quantity, place_id=None, now=now)


def _other_place(order: Order, consignments: Parcels, line: Line, pieces: int, now: datetime) -> int | None:
    """Keep all wanted pieces of a line at another place that can still send them, and return it; None without one."""
    busy = {parcel.origin_id for parcel in consignments.values() if parcel.state not in (State.OPEN, State.SHORT)}
    own = {parcel.origin_id for parcel in consignments.values() if parcel.state == State.OPEN}
    for place_id in allocating.places_with(order, line, pieces, but=busy, rather=own, now=now):
        if allocating.move_line(order, line, pieces, place_id=place_id, now=now):
            return place_id
    return None


def _move_line(
    order: Order, consignments: Parcels, consignment: Consignment, line: Line, place_id: int, now: datetime
) -> None:
    there = (parcel for parcel in consignments.values() if parcel.origin_id == place_id and parcel.state == State.OPEN)
    target = next(there, None) or parcels.open_for(order, len(consignments) + 1, place_id, [], now)
    consignments[target.pk] = target
    ConsignmentLine.objects.filter(order_line=line).update(consignment=target)
    if not consignment.lines.exists():
        parcels.write(consignment, State.CANCELLED, None, now)
        parcels.tell(consignment)
    parcels.tell(target)
