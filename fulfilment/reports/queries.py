"""Read-only figures for the office: orders and takings by day, country and currency, and the work that waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Round, TruncDate

from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.periods import CASABLANCA, Period
from fulfilment.jobs.models import Job
from fulfilment.jobs.queries import WAITS
from fulfilment.matching.queries import open_differences
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments.holding.queries import unanswered, urgent
from fulfilment.payments.models import Discrepancy, PaymentAttempt
from fulfilment.payments.queries import to_look_at, total_in_the_end, waiting_credits
from fulfilment.payments.remitting.queries import open_lines, open_missing
from fulfilment.tracking.models import TrackingEvent
from fulfilment.warehouse.models import Consignment

from .late.counting import counted
from .late.queries import lists_of
from .policies import Amount, Sales, merge

Status, Method = Order.Status, Order.PaymentMethod

NOT_ORDERED = (Status.EXPIRED, Status.CANCELLED)
PAID_BEFORE = (Status.PAID, Status.PREPARING, Status.SHIPPED, Status.DELIVERED, Status.COMPLETED)
PAID_IN_CASH = (Status.DELIVERED, Status.COMPLETED)

LONGEST_ROAD = timedelta(days=180)
"""Nobody pays an order longer than this after placing it; it keeps the reading of takings to recent orders."""

MAD = DecimalField(max_digits=16, decimal_places=2)
LATE_AFTER = timedelta(minutes=2)


def sales(period: Period) -> list[Sales]:
    """Return orders and takings by day, country and currency, latest day first (two queries).

    An order counts on the day it was placed unless it was cancelled or never paid; its money counts on the day it
    came in: cards and transfers when they succeeded, cash when the last parcel was delivered, for what was accepted.
    """
    placed = Order.objects.filter(date_placed__gte=period.begins_at, date_placed__lt=period.ends_at)
    ordered = (
        Sales(day, country, Amount(currency, amount, amount_mad), Amount(currency), orders)
        for day, country, currency, orders, amount, amount_mad in _sums(
            placed.exclude(status__in=NOT_ORDERED).annotate(at=F("date_placed"))
        )
    )
    in_period = Q(at__gte=period.begins_at, at__lt=period.ends_at)
    recent = Q(date_placed__gte=period.begins_at - LONGEST_ROAD, date_placed__lt=period.ends_at)
    taken = (
        Sales(day, country, Amount(currency), Amount(currency, amount, amount_mad))
        for day, country, currency, _orders, amount, amount_mad in _sums(
            paid_orders().filter(recent).annotate(at=_taken_at(), taken=total_in_the_end()).filter(in_period), "taken"
        )
    )
    return merge(ordered, taken)


def paid_orders() -> QuerySet[Order]:
    """Return orders whose money has come in."""
    in_cash = Q(payment_method=Method.CASH)
    return Order.objects.filter((in_cash & Q(status__in=PAID_IN_CASH)) | (~in_cash & Q(status__in=PAID_BEFORE)))


def ordered_by(person_id: int) -> list[Amount]:
    """Return what one person ordered, each currency apart; what was cancelled or never paid does not count."""
    rows = (
        Order.objects.filter(user_id=person_id)
        .exclude(status__in=NOT_ORDERED)
        .order_by()
        .values("currency")
        .annotate(amount=Sum("total_incl_tax"), amount_mad=Sum(_in_mad()))
    )
    return sorted((Amount(**row) for row in rows), key=lambda amount: CURRENCIES.index(amount.currency))


def _in_mad(amount: str = "total_incl_tax") -> Round:
    """An order's total in dirhams at its frozen rate, rounded order by order, so that totals add up."""
    return Round(ExpressionWrapper(F(amount) * F("mad_per_unit"), output_field=MAD), 2)


def _taken_at() -> Case:
    charged = OrderEvent.objects.filter(order=OuterRef("pk"), kind="paid").order_by("at").values("at")[:1]
    delivered = (
        Consignment.objects.filter(order=OuterRef("pk"), delivered_at__isnull=False)
        .order_by("-delivered_at")
        .values("delivered_at")[:1]
    )
    return Case(
        When(payment_method=Method.CASH, then=Coalesce(Subquery(delivered), F("date_placed"))),
        default=Coalesce(Subquery(charged), F("date_placed")),
        output_field=DateTimeField(),
    )


def _sums(orders: QuerySet[Order], amount: str = "total_incl_tax") -> QuerySet:  # type: ignore[type-arg]
    """Add up ``amount`` of orders annotated with ``at``."""
    return (
        orders.order_by()
        .annotate(day=TruncDate("at", tzinfo=CASABLANCA))
        .values("day", "destination", "currency")
        .annotate(orders=Count("pk"), amount=Sum(amount), amount_mad=Sum(_in_mad(amount)))
        .values_list("day", "destination", "currency", "orders", "amount", "amount_mad")
    )


@dataclass(frozen=True)
class Waiting:
    """Work that someone has to do, or that a worker has not done."""

    consignments: dict[str, int]
    jobs_dead: int
    jobs_late: int
    payments_quarantined: int
    credits: int = 0
    holds: int = 0
    holds_urgent: int = 0
    differences: int = 0
    cash_lines: int = 0
    cash_missing: int = 0
    told: int = 0
    overdue: int = 0
    matches: int = 0

    @property
    def to_move(self) -> Iterator[tuple[str, str, int]]:
        """Yield the states that office people move parcels through: code, words, how many."""
        for state in (State.OPEN, State.PICKED, State.PACKED, State.HANDED_OVER, State.IN_TRANSIT, State.SHORT):
            if (count := self.consignments.get(state, 0)) or state in ALWAYS_SHOWN:
                yield state.value, str(state.label), count


State = Consignment.State
ALWAYS_SHOWN = (State.OPEN, State.PICKED, State.PACKED, State.HANDED_OVER)
LATE = "late_"
ENDED = (State.DELIVERED, State.CANCELLED, State.REFUSED, State.LOST, State.RETURNED)


def waiting(now: datetime) -> Waiting:
    """Count what waits (four queries)."""
    consignments = dict(
        Consignment.objects.exclude(state__in=ENDED)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
        .values_list("state", "count")
    )
    dead, late = (
        Job.objects.exclude(state=Job.State.DONE)
        .aggregate(dead=Count("pk", filter=WAITS), late=Count("pk", filter=is_late(now)))
        .values()
    )
    desk = {
        "payments_quarantined": PaymentAttempt.objects.filter(pk__in=to_look_at().values("pk")),
        "credits": waiting_credits(),
        "holds": unanswered(),
        "holds_urgent": urgent(now),
        "differences": Discrepancy.objects.filter(closed_at=None),
        "cash_lines": open_lines().select_related(None),
        "cash_missing": open_missing().select_related(None),
        "matches": open_differences(),
        "told": TrackingEvent.objects.filter(outcome__in=TrackingEvent.TO_SEE_TO),
    }
    overdue = {f"{LATE}{kind}": rows for kind, rows in lists_of(now).items()}
    numbers = counted(desk | overdue)
    found = {name: numbers.get(name, 0) for name in desk}
    return Waiting(consignments, dead, late, overdue=sum(numbers.get(name, 0) for name in overdue), **found)


def is_late(now: datetime) -> Q:
    """Say which jobs should have been done by now: due and not begun, or begun and lost."""
    return Q(state=Job.State.WAITING, run_at__lt=now - LATE_AFTER) | Q(
        state=Job.State.RUNNING, leased_until__lt=now - LATE_AFTER
    )


def troubled_jobs(now: datetime) -> QuerySet[Job]:
    """Return dead jobs that nobody let be and late ones, dead first."""
    return Job.objects.filter(WAITS | is_late(now)).order_by("state", "run_at", "pk")
