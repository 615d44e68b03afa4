"""Consignments: opened once for each order and origin, moved step by step until the door.

Every operation locks the order, then its consignments, then stock records: a move, a cancellation and
another parcel of the same order wait for each other and never in a circle.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.periods import day_of
from catalogue.lots.operations import place_of
from fulfilment.orders import operations as orders
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line, Order
from fulfilment.payments import operations as payments

from . import policies, queries, signals
from .models import Consignment, ConsignmentLine, DeliveryAttempt
from .parcels import lines_in, locked, note, open_for, tell, write
from .shortages import operations as shortages
from .shortages.queries import is_asked_of

State, Outcome = Consignment.State, DeliveryAttempt.Outcome


class NotToBePrepared(Exception):
    """Nothing is sent for an order that is neither paid nor confirmed."""

    def __init__(self, number: str, status: str) -> None:
        self.number, self.status = number, status
        super().__init__(f"order {number} is {status}: nothing to prepare")


class ImpossibleMove(Exception):
    """A consignment does not go from this state to that one."""

    def __init__(self, reference: str, old: str, new: str) -> None:
        self.reference, self.old, self.new = reference, old, new
        super().__init__(f"consignment {reference} does not go from {old} to {new}")


class RecordedOtherwise(Exception):
    """Someone else wrote down how this attempt at the door ended, and wrote something else; ``attempt`` is theirs."""

    def __init__(self, attempt: DeliveryAttempt) -> None:
        self.attempt = attempt
        super().__init__(f"attempt {attempt.number} of consignment {attempt.consignment_id} was {attempt.outcome}")


class StillAsked(Exception):
    """Something is missing, and the buyer has not said yet what to do."""


class NotToBeSent(Exception):
    """Pieces of these lots are in the parcel and may not be sold any more: they are replaced first."""

    def __init__(self, lots: list[str]) -> None:
        self.lots = lots
        super().__init__(", ".join(lots))


class PiecesMissing(Exception):
    """What a parcel must hold is not kept for it, whole; ``titles`` name the lines."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        super().__init__(", ".join(titles))


class ReasonMissing(Exception):
    """A parcel that was not handed in needs a reason."""


@transaction.atomic
def open_consignments(*, order_id: int, now: datetime) -> list[Consignment]:
    """Open one consignment for each place that an order's pieces come from, and show the order as in preparation.

    A second call changes nothing, nor does one for an order cancelled meanwhile.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status in (Order.Status.PENDING_PAYMENT, Order.Status.PENDING_CONFIRMATION):
        raise NotToBePrepared(order.number, order.status)
    if order.status not in (Order.Status.PAID, Order.Status.CONFIRMED):
        return list(order.consignments.order_by("pk"))
    opened = [
        open_for(order, number, origin_id, lines, now)
        for number, (origin_id, lines) in enumerate(_by_origin(order).items(), start=1)
    ]
    orders.advance(order_id=order.pk, status=Order.Status.PREPARING, now=now)
    for consignment in opened:
        tell(consignment)
    shortages.check_opened(order, {consignment.pk: consignment for consignment in opened}, now)
    return opened


def pick(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that everything was taken from the shelf."""
    return _move(consignment_id, State.PICKED, by, now)


def pack(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the parcel is closed: from here on the order cannot be cancelled.

    What goes with a courier is counted first (``packing.operations.close_parcel``); what a shop gives over its counter
    is counted by the buyer there.
    """
    return _move(consignment_id, State.PACKED, by, now)


def hand_over(*, consignment_id: int, by: Any, now: datetime, courier_id: int | None = None) -> Consignment:
    """Give the parcel to a courier, our own round unless told otherwise; what is in it leaves the stock."""
    return _move(consignment_id, State.HANDED_OVER, by, now, courier_id=courier_id or queries.own_round())


def deliver(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the buyer has it, and that the courier has the money of a cash order.

    Announces ``consignment_delivered``. A second call changes nothing.
    """
    return _at_the_door(consignment_id, Outcome.DELIVERED, "", by, now)


def refuse(*, consignment_id: int, reason: str, by: Any, now: datetime) -> Consignment:
    """Say that it was refused at the door: nothing is due for it. A second call changes nothing.

    Raises ``ReasonMissing``.
    """
    return _at_the_door(consignment_id, Outcome.REFUSED, reason, by, now)


def miss(*, consignment_id: int, number: int, reason: str, by: Any, now: datetime) -> Consignment:
    """Say that nobody was there the first or the second time (``number``); after the second it comes back.

    The same number again changes nothing, so that two people who write the same visit down count it once. Announces
    ``consignment_missed``; raises ``RecordedOtherwise``, ``ImpossibleMove`` or ``ReasonMissing``.
    """
    return _at_the_door(consignment_id, Outcome.ABSENT, reason, by, now, number=number)


def take_back(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that a parcel that nobody took is back where it came from: what is in it waits to be inspected.

    Announces ``consignment_returned``. A second call changes nothing.
    """
    return _move(consignment_id, State.RETURNED, by, now)


@transaction.atomic
def _at_the_door(
    consignment_id: int, outcome: str, reason: str, by: Any, now: datetime, *, number: int | None = None
) -> Consignment:
    """Write an attempt down and let parcel and order follow. Locks the order, then its consignments."""
    _order, consignments = locked(consignment_id)
    consignment = consignments[consignment_id]
    made = list(DeliveryAttempt.objects.filter(consignment=consignment))
    if last := _recorded(made, outcome, number):
        if last.outcome != outcome:
            raise RecordedOtherwise(last)
        return consignment
    new = policies.AT_THE_DOOR[outcome] or consignment.state
    next_number = len(made) + 1
    if consignment.state == new and outcome != Outcome.ABSENT:
        return consignment
    under_way = consignment.state in policies.UNDER_WAY and consignment.coming_back_at is None
    if not under_way or (number or next_number) != next_number:
        raise ImpossibleMove(consignment.reference, consignment.state, new)
    if outcome != Outcome.DELIVERED and not reason:
        raise ReasonMissing(consignment.reference)
    DeliveryAttempt.objects.create(
        consignment=consignment, number=next_number, outcome=outcome, reason=reason, at=now, by=by
    )
    if outcome == Outcome.ABSENT:
        return _nobody_there(consignment, next_number, by, now)
    return _move(consignment_id, new, by, now)


def _recorded(made: list[DeliveryAttempt], outcome: str, number: int | None) -> DeliveryAttempt | None:
    """Find what was written of this very visit: by its number, or of the visit that ended the parcel's way."""
    if number is not None:
        return next((attempt for attempt in made if attempt.number == number), None)
    return next((attempt for attempt in made if attempt.outcome != Outcome.ABSENT), None)


def _nobody_there(consignment: Consignment, number: int, by: Any, now: datetime) -> Consignment:
    last = number >= DeliveryAttempt.MOST
    if last:
        consignment.coming_back_at = now
        consignment.save(update_fields=["coming_back_at"])
    note(consignment, by, now, kind="consignment_coming_back" if last else "consignment_missed")
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_missed, last=last, **ids)
    return consignment


@transaction.atomic
def cancel_for_order(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Call off what an order's cooperatives were to prepare. A packed parcel is left alone."""
    lock_one(Order.objects.filter(pk=order_id))
    for consignment in lock(Consignment.objects.filter(order_id=order_id, state__in=policies.CANCELLABLE)):
        write(consignment, State.CANCELLED, by, now)
        tell(consignment)


@transaction.atomic
def call_off_packed(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Unpack what stands packed and never left, of an order that is about to be cancelled by this transaction."""
    lock_one(Order.objects.filter(pk=order_id))
    for consignment in lock(Consignment.objects.filter(order_id=order_id, state=State.PACKED)):
        write(consignment, State.CANCELLED, by, now)
        tell(consignment)


@transaction.atomic
def _move(consignment_id: int, state: str, by: Any, now: datetime, **carried: Any) -> Consignment:
    """Move a consignment and let its order follow. A second call for the same state changes nothing.

    Announces ``consignment_moving`` first: raises ``signals.HeldBack`` where an app above does not let it go on.
    """
    order, consignments = locked(consignment_id)
    consignment = consignments[consignment_id]
    if consignment.state == state:
        return consignment
    if not policies.may_move(consignment.state, state, coming_back=consignment.coming_back_at is not None):
        raise ImpossibleMove(consignment.reference, consignment.state, state)
    _check_complete(consignment, state, now)
    ids = {"consignment_id": consignment.pk, "order_id": order.pk}
    events.announce(signals.consignment_moving, destination=order.destination, state=str(state), **ids)
    write(consignment, state, by, now, **carried)
    if state == State.HANDED_OVER:
        allocating.hold_still(lines_in(consignment))
        _check_complete(consignment, state, now)  # once more: a lot may have been recalled since
        allocating.send(lines_in(consignment), reference=consignment.reference, now=now, by=by)
    elif state == State.RETURNED:
        allocating.take_back(lines_in(consignment), reference=consignment.reference, now=now)
    elif state == State.DELIVERED:
        payments.collect_at_door(
            order_id=order.pk, parcel=consignment.reference, courier_id=consignment.courier_id, now=now
        )
    status = policies.order_status([found.state for found in consignments.values()])
    if status and status != order.status:
        orders.advance(order_id=order.pk, status=status, now=now, by=by)
    tell(consignment)
    if state == State.RETURNED:
        _tell_returned(consignment, consignments)
    return consignment


def _check_complete(consignment: Consignment, state: str, now: datetime) -> None:
    """Let nothing be picked, packed or handed over that is not whole, or not fit to be sold."""
    if state not in (State.PICKED, State.PACKED, State.HANDED_OVER):
        return
    if is_asked_of(consignment.pk):
        raise StillAsked(consignment.reference)
    if unfit := allocating.withdrawn_in(lines_in(consignment), day_of(now)):
        raise NotToBeSent(sorted({held.stock.lot.number for held in unfit}))
    if state != State.PICKED and (titles := _not_kept(consignment)):
        raise PiecesMissing(titles)


def _not_kept(consignment: Consignment) -> list[str]:
    """Name the lines of a parcel of which not as many pieces are kept as it must hold (two queries)."""
    kept = allocating.kept_of(lines_in(consignment))
    links = ConsignmentLine.objects.filter(consignment=consignment).select_related("order_line").order_by("pk")
    return [link.order_line.title_here for link in links if kept.get(link.order_line_id, 0) != link.quantity]


def _by_origin(order: Order) -> dict[int, list[Line]]:
    """Sort an order's lines by the place that their pieces lie at; a line that lost them waits at its cooperative's."""
    places = dict(
        Allocation.objects.filter(line__order=order, state=Allocation.State.HELD).values_list("line", "stock__place")
    )
    found: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order=order).select_related("partner").order_by("pk"):
        origin_id = places.get(line.pk) or place_of(line.partner).pk
        found.setdefault(origin_id, []).append(line)
    return dict(sorted(found.items()))


def _tell_returned(consignment: Consignment, consignments: dict[int, Consignment]) -> None:
    lines = ConsignmentLine.objects.filter(consignment=consignment)
    events.announce(
        signals.consignment_returned,
        consignment_id=consignment.pk,
        order_id=consignment.order_id,
        quantities=dict(lines.values_list("order_line_id", "quantity")),
        delivery=policies.nothing_accepted([found.state for found in consignments.values()]),
    )
