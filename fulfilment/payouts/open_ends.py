"""What the bank has not said, or said otherwise: lines of it that wait for a person, payouts too long under way, and
statements that are missing.

All are read by the list at a month's end and by the office's page of what is late. Each row says ``since`` which day
it stands open; ``workdays_open`` turns that into its age. Amounts are MAD: ``amount`` of lines, ``amount_mad``.
"""

from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from catalogue.kernel.periods import day_of
from catalogue.kernel.workdays import workdays_since
from catalogue.places.queries import closed_days

from . import continuity, runs
from .models import BankFile, BankFileLine, Payout

WORKDAYS = 3
"""So many working days after the day on which it was to be paid, somebody asks where a payment is."""


def waiting_bank_lines(now: datetime) -> QuerySet[BankFileLine]:
    """Return the lines of the bank that wait for a person, booked by the day of ``now``, the oldest first."""
    lines = runs.waiting_lines().filter(booked_on__lte=day_of(now))
    return lines.annotate(since=F("booked_on")).order_by("booked_on", "pk")


def long_under_way(now: datetime, *, workdays: int = WORKDAYS) -> QuerySet[Payout]:
    """Return the payouts that were to be paid at least so many working days ago and have no end, the oldest first."""
    sent = Payout.objects.filter(state=Payout.State.EXPORTED, run__executes_on__lte=_day_before(day_of(now), workdays))
    found = sent.select_related("run", "cooperative").annotate(since=F("run__executes_on"))
    return found.order_by("run__executes_on", "pk")


def missing_statements(now: datetime) -> QuerySet[BankFile]:
    """Return the bank's statements, begun by the day of ``now``, before which one is missing, the oldest first."""
    return continuity.after_a_gap().filter(first_day__lte=day_of(now)).annotate(since=F("first_day"))


def workdays_open(since: date, now: datetime) -> int:
    """Return how many working days something has stood open."""
    return workdays_since(since, day_of(now), closed_days())


def _day_before(today: date, workdays: int) -> date:
    """Return the last day that lies at least so many working days before a day."""
    day, closed = today, closed_days()
    while workdays_since(day, today, closed) < workdays:
        day -= timedelta(days=1)
    return day
