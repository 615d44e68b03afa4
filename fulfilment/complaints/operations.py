"""Reporting what is missing or broken, and answering: each under the order's lock, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.kernel.photos import Photo
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.queries import for_page
from fulfilment.payments import operations as payments

from . import policies, queries, signals
from .models import Complaint, ComplaintLine, ComplaintPhoto, Decision


@dataclass(frozen=True)
class Fault:
    """So many pieces of a line are ``MISSING``, ``BROKEN`` or ``WRONG``."""

    kind: str
    pieces: int


class NothingChosen(Exception):
    """No piece of any line was named."""


class NotReportable(Exception):
    """Nothing of this order can be reported: ``obstacle`` says why (``policies``)."""

    def __init__(self, obstacle: str) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle)


class MoreThanLeft(Exception):
    """Of this line only ``left`` pieces arrived and were not reported or given back yet; none of another order's."""

    def __init__(self, line_id: int, left: int) -> None:
        self.line_id, self.left = line_id, left
        super().__init__(f"line {line_id}: only {left} left")


class TooManyPhotos(Exception):
    """More photos than are kept."""


class Answered(Exception):
    """Someone else answered this complaint; ``complaint`` is as it stands."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(f"{complaint.reference} is answered")


class MoreThanReported(Exception):
    """The answer gives back other pieces than were reported."""


@transaction.atomic
def report(
    *,
    order_id: int,
    faults: Mapping[int, Fault],
    words: str,
    photos: Sequence[Photo] = (),
    confirmation: str,
    now: datetime,
    by: Any = None,
) -> Complaint:
    """Write down what a buyer misses of an order (line id → what, how many). Announces ``complaint_made``.

    Locks the order. The same ``confirmation`` again returns what it made the first time. Raises ``NothingChosen``,
    ``NotReportable``, ``MoreThanLeft`` or ``TooManyPhotos``.
    """
    locked = lock_one(Order.objects.filter(pk=order_id))
    if known := Complaint.objects.filter(order=locked, confirmation=confirmation).first():
        return known
    order = for_page(locked.number) or locked
    chosen = {line: fault for line, fault in faults.items() if fault.pieces > 0}
    check(queries.offer_of(order, order.lines.all(), now), chosen)
    if len(photos) > policies.MOST_PHOTOS:
        raise TooManyPhotos(len(photos))
    complaint = Complaint.objects.create(
        order=locked,
        number=Complaint.objects.filter(order=locked).count() + 1,
        confirmation=confirmation,
        words=words,
        reported_at=now,
    )
    ComplaintLine.objects.bulk_create(
        ComplaintLine(complaint=complaint, line_id=line, fault=fault.kind, quantity=fault.pieces)
        for line, fault in sorted(chosen.items())
    )
    ComplaintPhoto.objects.bulk_create(
        ComplaintPhoto(complaint=complaint, number=number, jpeg=photo.content, sha256=photo.sha256)
        for number, photo in enumerate(photos, start=1)
    )
    _note(complaint, queries.MADE, now, by)
    events.announce(signals.complaint_made, order_id=locked.pk, complaint_id=complaint.pk)
    return complaint


def check(offer: queries.Offer, chosen: Mapping[int, Fault]) -> None:
    """Refuse what an order does not let be reported; raises what ``report`` raises."""
    if offer.obstacle:
        raise NotReportable(offer.obstacle)
    if not chosen:
        raise NothingChosen
    for line_id, fault in chosen.items():
        item = offer.item(line_id)
        if item is None or fault.pieces > item.left:
            raise MoreThanLeft(line_id, item.left if item else 0)


@transaction.atomic
def give_back(
    *, complaint_id: int, outcome: str, pieces: Mapping[int, int], answer: str, now: datetime, by: Any
) -> Decision:
    """Answer by giving back the price of pieces (line id → how many): as owed (``REFUND``) or as a gesture.

    Above the office's limit the money waits for a second person; says that one no, the complaint is open again.
    Raises ``Answered``, ``MoreThanReported``, ``NothingChosen``, or what ``ask_refund`` raises.
    """
    complaint = _open(complaint_id)
    chosen = {line: quantity for line, quantity in pieces.items() if quantity > 0}
    reported = {row.line_id: row for row in complaint.lines.all()}
    if not chosen:
        raise NothingChosen
    if any(line not in reported or quantity > reported[line].quantity for line, quantity in chosen.items()):
        raise MoreThanReported(complaint.reference)
    refund = payments.ask_refund(
        order_id=complaint.order_id,
        quantities=chosen,
        reason=policies.reason_of(outcome, (reported[line].fault for line in chosen)),
        note=complaint.reference,
        now=now,
        by=by,
    )
    return _decide(complaint, outcome, now=now, by=by, answer=answer, refund=refund)


@transaction.atomic
def reject(*, complaint_id: int, rejection: str, answer: str, now: datetime, by: Any) -> Decision:
    """Say no, for a reason that the buyer is told. Raises ``Answered``."""
    return _decide(_open(complaint_id), policies.REJECTED, now=now, by=by, answer=answer, rejection=rejection)


def _open(complaint_id: int) -> Complaint:
    """Lock a complaint's order and return the complaint, if it waits for an answer."""
    order_id = Complaint.objects.values_list("order_id", flat=True).get(pk=complaint_id)
    lock_one(Order.objects.filter(pk=order_id))
    complaint = queries.with_all().get(pk=complaint_id)
    if not complaint.is_open:
        raise Answered(complaint)
    return complaint


def _decide(complaint: Complaint, outcome: str, *, now: datetime, by: Any, **fields: Any) -> Decision:
    number = len(complaint.decisions.all()) + 1
    decision = Decision.objects.create(
        complaint=complaint, number=number, outcome=outcome, decided_at=now, decided_by=by, **fields
    )
    _note(complaint, f"complaint_{outcome.lower()}", now, by)
    events.announce(signals.complaint_decided, order_id=complaint.order_id, complaint_id=complaint.pk, outcome=outcome)
    return decision


def _note(complaint: Complaint, kind: str, now: datetime, by: Any) -> None:
    OrderEvent.objects.create(
        order_id=complaint.order_id, kind=kind, at=now, by=by, data={"complaint": complaint.reference}
    )
