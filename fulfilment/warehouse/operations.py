"""Consignments: opened once for each order and origin, moved step by step until the door.

Every operation locks the order, then its consignments, then stock records: a move, a cancellation and
another parcel of the same order wait for each other and never in a circle.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.cooperatives.operations import consume, put_back
from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Line, Order, OrderEvent
from fulfilment.payments import operations as payments

from . import policies, queries, signals
from .models import Consignment, ConsignmentLine, DeliveryAttempt

State, Outcome = Consignment.State, DeliveryAttempt.Outcome
TIMES = {
    State.PICKED: "picked_at",
    State.PACKED: "packed_at",
    State.HANDED_OVER: "handed_over_at",
    State.DELIVERED: "delivered_at",
    State.REFUSED: "refused_at",
    State.RETURNED: "returned_at",
    State.CANCELLED: "cancelled_at",
}


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


class ReasonMissing(Exception):
    """A parcel that was not handed in needs a reason."""


@transaction.atomic
def open_consignments(*, order_id: int, now: datetime) -> list[Consignment]:
    """Open one consignment for each cooperative of a paid or confirmed order, and show the order as in preparation.

    A second call changes nothing, nor does one for an order cancelled meanwhile.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.status in (Order.Status.PENDING_PAYMENT, Order.Status.PENDING_CONFIRMATION):
        raise NotToBePrepared(order.number, order.status)
    if order.status not in (Order.Status.PAID, Order.Status.CONFIRMED):
        return list(order.consignments.order_by("pk"))
    lines_by_origin: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order=order).order_by("partner_id", "pk"):
        lines_by_origin.setdefault(line.partner_id, []).append(line)
    opened = [
        _open(order, number, cooperative_id, lines, now)
        for number, (cooperative_id, lines) in enumerate(lines_by_origin.items(), start=1)
    ]
    orders.advance(order_id=order.pk, status=Order.Status.PREPARING, now=now)
    for consignment in opened:
        _tell(consignment)
    return opened


def pick(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that everything was taken from the shelf."""
    return _move(consignment_id, State.PICKED, by, now)


def pack(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the parcel is closed: from here on the order cannot be cancelled."""
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
    """Say that a parcel that nobody took is back where it came from: what is in it is on the shelf again.

    Announces ``consignment_returned``. A second call changes nothing.
    """
    return _move(consignment_id, State.RETURNED, by, now)


@transaction.atomic
def _at_the_door(
    consignment_id: int, outcome: str, reason: str, by: Any, now: datetime, *, number: int | None = None
) -> Consignment:
    """Write an attempt down and let parcel and order follow. Locks the order, then its consignments."""
    _order, consignments = _locked(consignment_id)
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
    _note(consignment, by, now, kind="consignment_coming_back" if last else "consignment_missed")
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_missed, last=last, **ids)
    return consignment


@transaction.atomic
def cancel_for_order(*, order_id: int, now: datetime, by: Any = None) -> None:
    """Call off what an order's cooperatives were to prepare. A packed parcel is left alone."""
    lock_one(Order.objects.filter(pk=order_id))
    for consignment in lock(Consignment.objects.filter(order_id=order_id, state__in=policies.CANCELLABLE)):
        _write(consignment, State.CANCELLED, by, now)
        _tell(consignment)


@transaction.atomic
def _move(consignment_id: int, state: str, by: Any, now: datetime, **carried: Any) -> Consignment:
    """Move a consignment and let its order follow. A second call for the same state changes nothing."""
    order, consignments = _locked(consignment_id)
    consignment = consignments[consignment_id]
    if consignment.state == state:
        return consignment
    if not policies.may_move(consignment.state, state, coming_back=consignment.coming_back_at is not None):
        raise ImpossibleMove(consignment.reference, consignment.state, state)
    _write(consignment, state, by, now, **carried)
    if state == State.HANDED_OVER:
        _leave_the_shelf(consignment)
    elif state == State.RETURNED:
        put_back(_on_shelves(consignment))
    elif state == State.DELIVERED:
        payments.collect_at_door(
            order_id=order.pk, parcel=consignment.reference, courier_id=consignment.courier_id, now=now
        )
    status = policies.order_status([found.state for found in consignments.values()])
    if status and status != order.status:
        orders.advance(order_id=order.pk, status=status, now=now, by=by)
    _tell(consignment)
    if state == State.RETURNED:
        _tell_returned(consignment, consignments)
    return consignment


def _locked(consignment_id: int) -> tuple[Order, dict[int, Consignment]]:
    """Lock a consignment's order and all its consignments, in this order."""
    order_id = Consignment.objects.values_list("order_id", flat=True).get(pk=consignment_id)
    order = lock_one(Order.objects.filter(pk=order_id))
    return order, {found.pk: found for found in lock(Consignment.objects.filter(order_id=order.pk))}


def _open(order: Order, number: int, cooperative_id: int, lines: list[Line], now: datetime) -> Consignment:
    consignment = Consignment.objects.create(
        reference=f"{order.number}-{number}", order=order, cooperative_id=cooperative_id, opened_at=now
    )
    ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=consignment, order_line=line, quantity=line.quantity) for line in lines
    )
    _note(consignment, None, now)
    return consignment


def _write(consignment: Consignment, state: str, by: Any, now: datetime, **carried: Any) -> None:
    changes = {"state": state, "moved_by": by, TIMES[State(state)]: now, **carried}
    for name, value in changes.items():
        setattr(consignment, name, value)
    consignment.save(update_fields=list(changes))
    _note(consignment, by, now)


def _note(consignment: Consignment, by: Any, now: datetime, kind: str = "") -> None:
    OrderEvent.objects.create(
        order_id=consignment.order_id,
        kind=kind or f"consignment_{consignment.state.lower()}",
        at=now,
        by=by,
        data={"consignment": consignment.reference},
    )


def _on_shelves(consignment: Consignment) -> Counter[int]:
    """Add up what is in a parcel by the stock record it came from."""
    inside: Counter[int] = Counter()
    lines = ConsignmentLine.objects.filter(consignment=consignment, order_line__stockrecord__isnull=False)
    for stockrecord_id, quantity in lines.values_list("order_line__stockrecord_id", "quantity"):
        inside[stockrecord_id] += quantity
    return inside


def _leave_the_shelf(consignment: Consignment) -> None:
    consume(_on_shelves(consignment))
    Line.objects.filter(consignment_line__consignment=consignment).update(num_allocated=0)


def _tell(consignment: Consignment) -> None:
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_moved, state=consignment.state, **ids)
    if consignment.state == State.DELIVERED:
        events.announce(signals.consignment_delivered, **ids)


def _tell_returned(consignment: Consignment, consignments: dict[int, Consignment]) -> None:
    lines = ConsignmentLine.objects.filter(consignment=consignment)
    events.announce(
        signals.consignment_returned,
        consignment_id=consignment.pk,
        order_id=consignment.order_id,
        quantities=dict(lines.values_list("order_line_id", "quantity")),
        delivery=all(found.state in (State.RETURNED, State.CANCELLED) for found in consignments.values()),
    )
