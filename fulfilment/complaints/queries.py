"""What may be reported of an order, what was, and what waits for an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Sum

from catalogue.cooperatives.models import Partner
from fulfilment.orders.models import Line, Order
from fulfilment.orders.withdrawing.policies import ends_at
from fulfilment.orders.withdrawing.queries import delivered_at
from fulfilment.payments.models import Refund, RefundLine

from . import policies
from .models import Complaint, ComplaintLine, ComplaintPhoto, Decision

MADE = "complaint_made"
"""The event that a complaint leaves on its order's timeline."""
HERE = "DELIVERED"
"""The state of a parcel whose contents can be looked at."""


@dataclass(frozen=True)
class Item:
    """One line that arrived, and how many pieces of it nobody reported or gave back yet."""

    line: Line
    left: int


@dataclass(frozen=True)
class Offer:
    """What may be reported; ``obstacle`` says why nothing (``policies``), ``ends_at`` is the first instant too late."""

    items: tuple[Item, ...]
    ends_at: datetime | None
    obstacle: str

    @property
    def open_items(self) -> list[Item]:
        return [item for item in self.items if item.left]

    @property
    def until(self) -> datetime | None:
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None

    def item(self, line_id: int) -> Item | None:
        return next((item for item in self.items if item.line.pk == line_id), None)


def reported_until(order: Order) -> datetime | None:
    """Return the first instant too late to report something of an order; nothing until it has arrived."""
    arrived = delivered_at(order)
    return ends_at(arrived, settings.COMPLAINT_DAYS) if arrived else None


def offer_of(order: Order, lines: Iterable[Line], now: datetime) -> Offer:
    """Say what may be reported of an order: of the lines whose parcel was handed in (two queries).

    Lines, their parcels and the order's events are loaded.
    """
    gone = _pieces_gone(order)
    items = tuple(
        Item(line, max(0, line.quantity - gone.get(line.pk, 0)))
        for line in lines
        if (link := getattr(line, "consignment_line", None)) and link.consignment.state == HERE
    )
    end = reported_until(order)
    return Offer(items, end, policies.obstacle(end, (item.left for item in items), now))


def _pieces_gone(order: Order) -> dict[int, int]:
    """Count by line what was reported, and what was given back for another reason than a report."""
    reported = ComplaintLine.objects.filter(complaint__order=order).order_by()
    gone = dict(reported.values_list("line").annotate(pieces=Sum("quantity")))
    for line, pieces in _given_back_otherwise(order):
        gone[line] = gone.get(line, 0) + pieces
    return gone


def _given_back_otherwise(order: Order) -> QuerySet[RefundLine, tuple[int, int]]:
    rows = RefundLine.objects.filter(order_line__order=order, refund__complaint_decision=None)
    rows = rows.exclude(refund__state__in=Refund.NULL_STATES).exclude(
        refund__follows__complaint_decision__isnull=False  # the same money, on its second way
    )
    return rows.order_by().values_list("order_line").annotate(sum=Sum("pieces"))


def with_all() -> QuerySet[Complaint]:
    """Return complaints with lines, decisions and how many photos there are, in a fixed number of queries."""
    return Complaint.objects.select_related("order").prefetch_related(
        Prefetch("lines", queryset=ComplaintLine.objects.select_related("line__consignment_line__consignment")),
        Prefetch("decisions", queryset=Decision.objects.select_related("refund", "decided_by")),
        Prefetch("photos", queryset=ComplaintPhoto.objects.defer("jpeg")),
    )


def complaints_of(order: Order) -> list[Complaint]:
    """Return what was reported of an order, oldest first; its events say whether there is anything to read."""
    if not any(event.kind == MADE for event in order.events.all()):
        return []
    return list(with_all().filter(order=order).order_by("number"))


def decided() -> Exists:
    """For a query of complaints: whether one is answered, and no second person refused the refund."""
    return Exists(Decision.objects.filter(complaint=OuterRef("pk")).exclude(refund__state=Refund.State.DECLINED))


def worklist(*, waiting: bool) -> QuerySet[Complaint]:
    """Return those that wait for an answer, the oldest first, or those that have one, the newest first."""
    found = with_all().annotate(is_decided=decided()).filter(is_decided=not waiting)
    return found.order_by("reported_at", "pk") if waiting else found.order_by("-reported_at", "-pk")


def waiting() -> int:
    """Count those that nobody answered (one query)."""
    return Complaint.objects.exclude(decided()).aggregate(n=Count("pk"))["n"]


def reported_of(cooperative: Partner) -> QuerySet[ComplaintLine]:
    """Return what buyers reported of a cooperative's goods, the newest first: nothing in them says who."""
    rows = ComplaintLine.objects.filter(line__partner=cooperative)
    rows = rows.select_related("complaint", "line__consignment_line__consignment")
    decisions = Prefetch("complaint__decisions", queryset=Decision.objects.select_related("refund"))
    return rows.prefetch_related(decisions).order_by("-complaint__reported_at", "-pk")


def decision_behind(refund: Refund) -> Decision | None:
    """Return the answer that a refund follows from (one query)."""
    first = refund.follows_id or refund.pk
    return Decision.objects.select_related("complaint__order").filter(refund_id=first).first()
