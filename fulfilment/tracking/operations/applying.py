"""From what was told to what becomes of the parcel: in time order, once, through the warehouse's own operations."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from catalogue.kernel.locks import lock, lock_one
from catalogue.kernel.periods import day_of
from fulfilment.jobs.operations import enqueue
from fulfilment.orders.models import Order
from fulfilment.orders.operations import ImpossibleMove as OrderCannotFollow
from fulfilment.tracking import policies, queries
from fulfilment.tracking.models import StatusWord, TrackingEvent
from fulfilment.warehouse import on_the_way, operations
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from fulfilment.warehouse.signals import HeldBack

log = logging.getLogger("fulfilment.tracking")
APPLY = "fulfilment.tracking.apply"
AT_ONCE = 50
"""Parcels of one job: far below what its class may take."""

Outcome, Why = TrackingEvent.Outcome, TrackingEvent.Why
CANNOT = (
    operations.ImpossibleMove,
    operations.RecordedOtherwise,
    operations.ReasonMissing,
    OrderCannotFollow,
    HeldBack,
)


def have_applied(courier_id: int, parcels: Iterable[str], now: datetime) -> None:
    """Write the jobs that look at what was told of these parcels, in the caller's transaction."""
    wanted = sorted(set(parcels))
    for start in range(0, len(wanted), AT_ONCE):
        payload = {"courier_id": courier_id, "parcels": wanted[start : start + AT_ONCE]}
        enqueue(task=APPLY, key=f"tracking:{uuid4().hex}", payload=payload, now=now)


def apply_parcels(*, courier_id: int, parcels: Collection[str], now: datetime) -> None:
    """Look at what was told of each parcel, each in a transaction of its own; a second call changes nothing.

    One that fails does not hold up the others: its error is raised when they are done, and the job tries again.
    """
    failed: Exception | None = None
    for parcel in parcels:
        try:
            apply_parcel(courier_id=courier_id, parcel=parcel, now=now)
        except Exception as error:  # raised below
            log.exception("what was told of a parcel could not be taken up: courier=%s parcel=%s", courier_id, parcel)
            failed = failed or error
    if failed is not None:
        raise failed


@transaction.atomic
def apply_parcel(*, courier_id: int, parcel: str, now: datetime) -> int:
    """Take up all that waits of one parcel, in the order in which it happened; return how many.

    Locks the events, so that of two workers the second finds nothing left; then the order and its consignments.
    """
    waiting = TrackingEvent.objects.filter(courier=courier_id, parcel=parcel, outcome=Outcome.WAITING)
    found = lock(waiting.select_related("courier"))
    words = queries.words_of(courier_id) if found else {}
    for event in sorted(found, key=lambda event: (event.occurred_at, event.pk)):
        _look_at(event, words.get(event.folded), now)
    return len(found)


def _look_at(event: TrackingEvent, word: StatusWord | None, now: datetime) -> None:
    consignment = event.consignment or queries.parcel_named(event.courier_id, event.parcel)
    event.consignment, event.seen_at, event.why = consignment, now, ""
    event.meaning, event.reason = (word.meaning, word.reason) if word else ("", "")
    if consignment is None or word is None:
        event.outcome = Outcome.UNKNOWN_WORD if consignment else Outcome.UNKNOWN_PARCEL
    else:
        verdict = _take_up(event, consignment)
        event.outcome, event.why = verdict.outcome, verdict.why
    if event.is_to_see_to:
        log.warning("told and not taken up: courier=%s parcel=%s %s", event.courier_id, event.parcel, event.outcome)
    event.save(update_fields=["consignment", "meaning", "reason", "outcome", "why", "seen_at"])


def _take_up(event: TrackingEvent, consignment: Consignment) -> policies.Verdict:
    """Judge under the order's lock, then act; what the warehouse cannot do is refused, and nothing of it stays."""
    lock_one(Order.objects.filter(pk=consignment.order_id))
    consignment.refresh_from_db()
    at = policies.dated(event.occurred_at, handed_over_at=consignment.handed_over_at, received_at=event.received_at)
    verdict = policies.judge(event.meaning, at, standing_of(consignment, event.courier_id))
    if not verdict.act:
        return verdict
    try:
        with transaction.atomic():
            _act(event, consignment, at)
    except CANNOT as error:
        log.warning("a courier's status cannot be: %s", error)
        return policies.Verdict(Outcome.REFUSED, Why.IMPOSSIBLE)
    return replace(verdict, act=False)


def standing_of(consignment: Consignment, courier_id: int) -> policies.Standing:
    ended = {
        "DELIVERED": consignment.delivered_at,
        "REFUSED": consignment.refused_at,
        "RETURNED": consignment.returned_at,
        "LOST": consignment.lost_at,
        "CANCELLED": consignment.cancelled_at,
    }
    return policies.Standing(
        state=consignment.state,
        theirs=consignment.courier_id == courier_id,
        coming_back=consignment.coming_back_at is not None,
        ended_at=ended.get(consignment.state),
    )


def _act(event: TrackingEvent, consignment: Consignment, at: datetime) -> None:
    pk, said = consignment.pk, f"{event.courier}: {event.word}"
    match event.meaning:
        case policies.ON_THE_WAY:
            on_the_way.set_off(consignment_id=pk, by=None, now=at)
        case policies.OUT:
            on_the_way.go_out(consignment_id=pk, by=None, now=at)
        case policies.ABSENT:
            _miss(consignment, event.reason, at)
        case policies.REFUSED:
            operations.refuse(consignment_id=pk, reason=event.reason, by=None, now=at)
        case policies.DELIVERED:
            operations.deliver(consignment_id=pk, by=None, now=at)
        case policies.BACK:
            on_the_way.expect_back(consignment_id=pk, why=said, by=None, now=at)
        case policies.LOST:
            on_the_way.lose(consignment_id=pk, why=said, by=None, now=at)


def _miss(consignment: Consignment, reason: str, at: datetime) -> None:
    """Write a visit down: one a day, however often the courier called on that day, whoever wrote it first."""
    visits = list(DeliveryAttempt.objects.filter(consignment=consignment))
    if any(day_of(visit.at) == day_of(at) for visit in visits):
        return
    operations.miss(consignment_id=consignment.pk, number=len(visits) + 1, reason=reason, by=None, now=at)


@transaction.atomic
def look_again(*, consignment_id: int, now: datetime) -> int:
    """Have looked at once more what was told of a parcel before it was handed over. Return how many."""
    early = TrackingEvent.objects.filter(consignment=consignment_id, outcome=Outcome.REFUSED, why=Why.EARLY)
    return wait_again(early, now)


def wait_again(found: QuerySet[TrackingEvent], now: datetime) -> int:
    """Let events wait once more, with the jobs that look at them; return how many."""
    rows = lock(found)
    TrackingEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
        outcome=Outcome.WAITING, why="", set_aside_by=None, remark=""
    )
    by_courier: dict[int, set[str]] = {}
    for row in rows:
        by_courier.setdefault(row.courier_id, set()).add(row.parcel)
    for courier_id, parcels in sorted(by_courier.items()):
        have_applied(courier_id, parcels, now)
    return len(rows)
