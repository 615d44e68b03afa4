"""What is owed and due to each cooperative, added up by the database: the same sums as ``policies.due`` gives of legs.

A run of a thousand cooperatives reads hundreds of thousands of legs; a page wants a thousand rows of them.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db import connection
from django.db.models import BooleanField, Case, F, Q, QuerySet, Sum, When

from catalogue.kernel.money import ZERO, from_minor
from fulfilment.ledger.models import Line

from . import owing
from .policies import OpenLeg


@dataclass(frozen=True)
class Owed:
    """What stands to be paid, what of it is due at the next run, and for how many order lines.

    Less than nothing where more was taken back than is to be paid.
    """

    owed_mad: Decimal
    due_mad: Decimal
    lines: int

    @property
    def waiting_mad(self) -> Decimal:
        return self.owed_mad - self.due_mad


def owed_of_each(legs: QuerySet[Line], now: datetime) -> dict[int, Owed]:
    """Add up legs by cooperative (one query, a row for each cooperative)."""
    inner, params = _by_line(legs, now).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cooperative, sum(minor), coalesce(sum(minor) FILTER (WHERE minor >= 0 OR may), 0),"  # noqa: S608
            f" count(DISTINCT order_line) FROM ({inner}) AS lines GROUP BY cooperative ORDER BY cooperative",
            params,
        )
        return {
            pk: Owed(from_minor(-int(owed)), from_minor(-int(due)), lines) for pk, owed, due, lines in cursor.fetchall()
        }


def due_as_legs(legs: QuerySet[Line], cut_off_at: datetime) -> list[OpenLeg]:
    """Return what is due to each cooperative at a moment as if it were one leg: enough to see what a run would pay."""
    return [
        OpenLeg(ledger_line=0, cooperative_id=pk, amount_mad=owed.due_mad, since=cut_off_at)
        for pk, owed in owed_of_each(legs, cut_off_at).items()
        if owed.due_mad != ZERO
    ]


def _by_line(legs: QuerySet[Line], now: datetime) -> QuerySet[Any, Any]:
    """Group legs by order line, each that is about none by itself, and say whether all of a group may be paid.

    ``minor`` is in centimes, and less than nothing where something is owed. A line of which more was taken than is
    left to pay waits for nothing.
    """
    dated = Q(disputed=False, withdrawn=False, payable_from__isnull=False, payable_from__lte=now)
    may = Case(
        When(Q(order_line=None, entry__occurred_at__lte=now) | Q(order_line__isnull=False) & dated, then=True),
        default=False,
        output_field=BooleanField(),
    )
    alone = Case(When(order_line=None, then=F("pk")))
    grouped = (
        owing.with_standing(legs).select_related(None).annotate(cooperative=F("account__cooperative"), alone=alone)
    )
    rows = grouped.order_by().values("cooperative", "order_line", "alone")
    return rows.annotate(minor=Sum("amount_minor"), may=BoolAnd(may))
