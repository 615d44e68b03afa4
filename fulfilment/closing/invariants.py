"""What must be true of months."""

from collections.abc import Iterable

from catalogue.kernel.invariants import invariant
from catalogue.kernel.roles import only_added_to

from . import figures
from .models import Month, MonthEvent
from .policies import fingerprint

TABLES = ("closing_month", "closing_reopening", "closing_monthevent")
FORBIDDEN = ("DELETE", "TRUNCATE", "TRIGGER")
TRIGGERS = frozenset(
    {
        *("closing_month_goes_its_way", "closing_month_stays", "closing_reopening_is_answered_once"),
        *("closing_reopening_stays", "closing_event_stays"),
    }
)


@invariant("closing: a locked month says what was signed")
def locked_months_stay() -> Iterable[object]:
    for month in Month.objects.filter(state=Month.State.LOCKED):
        said = figures.of_month(month.period)
        if fingerprint(said) != month.sha256 or fingerprint(month.figures) != month.sha256:
            yield month


@invariant("closing: months are locked one after the other")
def locked_in_order() -> Iterable[object]:
    locked = [row.first_day for row in Month.objects.filter(state=Month.State.LOCKED)]
    return [
        row
        for row in Month.objects.exclude(state=Month.State.LOCKED)
        if row.first_day < max(locked, default=row.first_day)
    ]


@invariant("closing: what a month says of its signatures was done")
def signatures_were_given() -> Iterable[object]:
    done = set(MonthEvent.objects.values_list("month", "kind", "by", "sha256"))
    for month in Month.objects.exclude(state=Month.State.OPEN):
        first = (month.pk, "SIGNED", month.first_by_id, month.sha256) in done
        second = month.second_by_id is None or (month.pk, "LOCKED", month.second_by_id, month.sha256) in done
        if not (first and second):
            yield month


@invariant("closing: nobody deletes what was done with a month, and the triggers stand")
def kept() -> Iterable[object]:
    return only_added_to(dict.fromkeys(TABLES, FORBIDDEN), TRIGGERS)
