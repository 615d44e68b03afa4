"""Reads of the match: what differs now, what is kept of it, and each day's sums on all four sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet

from catalogue.kernel.money import MAD, ZERO, quantize
from catalogue.kernel.periods import Period
from fulfilment.customs.queries import without_proof

from . import sides
from .days import DAYS
from .models import Cause, Difference, MatchRun

Key = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """One difference as the rows show it now."""

    cause: str
    subject: str
    order_id: int | None
    expected: Decimal
    found: Decimal
    unit: str
    since: datetime

    @property
    def key(self) -> Key:
        return self.cause, self.subject


@dataclass(frozen=True)
class Compared:
    """What one comparison found, and over how many orders."""

    orders: int
    found: dict[Key, Found]


def compare(*, since: datetime, now: datetime) -> Compared:
    """Ask every side about the orders that anything happened to, and about what is open (a fixed number of queries)."""
    scope = _ask(sides.SCOPE, {"since": since})
    values = {
        "since": since,
        "orders": [pk for pk, _number in scope],
        "numbers": [number for _pk, number in scope],
        "subjects": list(Difference.objects.filter(closed_at=None).values_list("subject", flat=True)),
    }
    rows = [Found(*row) for statement in sides.STATEMENTS for row in _ask(statement, values)]
    found = {one.key: one for one in (*rows, *_unproved(now))}
    return Compared(len(scope), found)


def _unproved(now: datetime) -> Iterator[Found]:
    """Parcels abroad that should have their proof by now: work that is someone's."""
    before = now - timedelta(days=settings.CLOSING_PROOF_DAYS)
    rows = without_proof(left_before=before).values_list("reference", "order_id", "goods_mad", "left_at")
    for reference, order_id, worth, left_at in rows:
        yield Found(Cause.EXPORT_UNPROVED, reference, order_id, quantize(worth), ZERO, MAD, left_at)


def open_differences() -> QuerySet[Difference]:
    """Return what differs and nobody accepted, the oldest first."""
    return Difference.objects.filter(closed_at=None, accepted_at=None)


def shown(state: str = "open") -> QuerySet[Difference]:
    """Return differences with order, owner and notes: open ones, accepted ones or those that are gone."""
    rows = {
        "open": open_differences(),
        "accepted": Difference.objects.filter(closed_at=None, accepted_at__isnull=False),
        "gone": Difference.objects.filter(closed_at__isnull=False).order_by("-closed_at", "-pk"),
    }[state]
    return rows.select_related("order", "owner", "accepted_by").prefetch_related("notes__by")


def counts_by_cause() -> dict[str, int]:
    rows = open_differences().order_by().values_list("cause").annotate(Count("pk"))
    return dict(rows)


def last_run() -> MatchRun | None:
    return MatchRun.objects.first()


@dataclass(frozen=True)
class Day:
    """One day on all four sides: dirhams that orders, payments and ledger say came in; pieces that left."""

    day: date
    orders_mad: Decimal
    payments_mad: Decimal
    ledger_mad: Decimal
    parcels: int
    movements: int

    @property
    def is_even(self) -> bool:
        return self.orders_mad == self.payments_mad == self.ledger_mad and self.parcels == self.movements


def days(period: Period) -> list[Day]:
    """Return each day of a period on which anything moved, the latest first (one query)."""
    return [Day(*row) for row in _ask(DAYS, {"begins": period.begins_at, "ends": period.ends_at})]


def _ask(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
