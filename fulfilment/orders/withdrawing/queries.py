"""Which dated row speaks for what, and until when something may be sent back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db.models import Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import may_cancel
from fulfilment.shipping import queries as shipping

from . import policies
from .models import Withdrawal, WithdrawalLine, WithdrawalPeriod

DECLARED = "withdrawal_declared"
"""The event that a withdrawal leaves on its order's timeline."""
GONE = ("CANCELLED", "REFUSED", "LOST", "RETURNED")
"""States of a parcel that never arrives."""


class NoPeriod(Exception):
    """No row says how long goods of this class may be sent back from there: one for everywhere else is missing."""


def periods_for(destination: str, day: date) -> dict[str, WithdrawalPeriod]:
    """Return, for each class of goods, the row that speaks for a destination on a day (one query)."""
    block = shipping.block_of(destination) if shipping.is_served(destination) else ""
    places = policies.places_of(destination, block)
    found: dict[str, dict[str, WithdrawalPeriod]] = {}
    for row in WithdrawalPeriod.objects.on(day).filter(destination__in=places):
        found.setdefault(row.product_class, {})[row.destination] = row
    nearest = {kind: policies.nearest(places, rows) for kind, rows in found.items()}
    return {kind: found[kind][place] for kind, place in nearest.items() if place}


def promised_for(destination: str, day: date) -> dict[str, WithdrawalPeriod]:
    """Return the same from the local cache: rows of today and before never change any more."""
    cache, key = caches["local"], f"withdrawing.{destination}.{day}"
    found: dict[str, WithdrawalPeriod] | None = cache.get(key)
    if found is None:
        found = periods_for(destination, day)
        cache.set(key, found)
    return found


def promise_to(product: policies.Described, destination: str, day: date) -> WithdrawalPeriod | None:
    """Return what holds for a product sent somewhere, if it were ordered on that day; nothing where no row speaks."""
    return promised_for(destination, day).get(policies.class_of(product))


def period_of(product: policies.Described, periods: dict[str, WithdrawalPeriod]) -> WithdrawalPeriod:
    """Return the row of a product among those of a destination. Raises ``NoPeriod``."""
    try:
        return periods[policies.class_of(product)]
    except KeyError as error:
        raise NoPeriod(error) from None


def ends_at(lines: Iterable[Line], delivered_at: datetime) -> dict[int, datetime]:
    """Return, by line id, the instant from which it is too late to send it back: ``delivered_at`` where it never can.

    Reads the row that each line keeps since it was bought (one query unless they are loaded).
    """
    lines = list(lines)
    keys = {line.withdrawal_period_id for line in lines if not Line.withdrawal_period.is_cached(line)}
    rows = WithdrawalPeriod.objects.in_bulk(keys) if keys else {}
    periods = {line.pk: rows.get(line.withdrawal_period_id) or line.withdrawal_period for line in lines}
    return {pk: policies.ends_at(delivered_at, period.days) for pk, period in periods.items()}


def withdrawn_pieces() -> Coalesce:
    """For a query of order lines: how many pieces of each are declared or accepted as sent back."""
    pieces = (
        WithdrawalLine.objects.filter(line=OuterRef("pk"))
        .exclude(withdrawal__state__in=Withdrawal.VOID_STATES)
        .order_by()
        .values("line")
        .annotate(total=Sum(Coalesce("back", "quantity")))
    )
    return Coalesce(Subquery(pieces.values("total"), output_field=IntegerField()), 0)


def for_withdrawing(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Add to a query of order lines what ``offer_of`` reads of them."""
    return lines.select_related("withdrawal_period").annotate(withdrawn=withdrawn_pieces())


@dataclass(frozen=True)
class Item:
    """One line of an order: how many pieces may still be sent back, until when; ``refused`` says why none may.

    ``ends_at`` is the first instant too late: nothing until the order has arrived.
    """

    line: Line
    left: int
    ends_at: datetime | None
    refused: str

    @property
    def period(self) -> WithdrawalPeriod:
        return self.line.withdrawal_period

    @property
    def until(self) -> datetime | None:
        """Return the last instant in time."""
        return last_instant(self.ends_at)


@dataclass(frozen=True)
class Offer:
    """What may be sent back of an order. ``way`` is one of ``OPEN``, ``CANCEL``, ``AT_THE_DOOR``, ``NOTHING``."""

    way: str
    items: tuple[Item, ...]
    delivered_at: datetime | None

    @property
    def open_items(self) -> list[Item]:
        return [item for item in self.items if not item.refused]

    @property
    def is_open(self) -> bool:
        return self.way == policies.OPEN and bool(self.open_items)

    @property
    def ends_at(self) -> datetime | None:
        """Return the instant from which nothing may be sent back any more."""
        return max((item.ends_at for item in self.items if item.ends_at and item.period.days), default=None)

    @property
    def until(self) -> datetime | None:
        """Return the last instant in time."""
        return last_instant(self.ends_at)

    def days_left(self, now: datetime) -> int | None:
        """Count the days left after today; nothing until the order has arrived."""
        return policies.days_left(now, self.ends_at) if self.ends_at else None

    @property
    def withdrawn(self) -> int:
        """Count the pieces that are declared or accepted already."""
        return sum(item.line.quantity - item.left for item in self.items)

    def item(self, line_id: int) -> Item | None:
        return next((item for item in self.items if item.line.pk == line_id), None)


def last_instant(end: datetime | None) -> datetime | None:
    return end - timedelta(microseconds=1) if end else None


def offer_of(order: Order, lines: Iterable[Line], now: datetime) -> Offer:
    """Say what may be sent back of an order: ``lines`` are its own, read ``for_withdrawing``."""
    parcels = list(order.consignments.all())
    cancellable = may_cancel(order.status, (parcel.state for parcel in parcels))
    arrived = delivered_at(order)
    lines = list(lines)
    ends = ends_at(lines, arrived) if arrived else {}
    items = tuple(_item(line, ends.get(line.pk), now) for line in lines)
    return Offer(policies.way_back(order.status, order.payment_method, cancellable=cancellable), items, arrived)


def _item(line: Line, end: datetime | None, now: datetime) -> Item:
    left = line.quantity - line.withdrawn
    return Item(line, left, end, policies.why_not(line.withdrawal_period.days, left, now, end))


def delivered_at(order: Order) -> datetime | None:
    """Return when the last parcel of an order arrived; nothing while one is still on its way."""
    if order.status not in policies.ARRIVED:
        return None
    times = [parcel.delivered_at for parcel in order.consignments.all() if parcel.state not in GONE]
    times += [event.at for event in order.events.all() if event.kind == "delivered"]
    return max((time for time in times if time), default=None)


def withdrawals_of(order: Order) -> list[Withdrawal]:
    """Return what was declared of an order, oldest first; its events say whether there is anything to read."""
    if not any(event.kind == DECLARED for event in order.events.all()):
        return []
    lines = Prefetch("lines", queryset=WithdrawalLine.objects.select_related("line"))
    found = Withdrawal.objects.filter(order=order).prefetch_related(lines).order_by("number")
    return [_with_order(withdrawal, order) for withdrawal in found]


def _with_order(withdrawal: Withdrawal, order: Order) -> Withdrawal:
    withdrawal.order = order
    return withdrawal


def coming_back(line: str) -> Exists:
    """For a query: whether pieces of its line are declared and not yet accepted or rejected. Money for them waits."""
    return Exists(WithdrawalLine.objects.filter(line=OuterRef(line), withdrawal__state__in=Withdrawal.OPEN_STATES))
