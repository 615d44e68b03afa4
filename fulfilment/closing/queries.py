"""Reads of months: which there are, how each stands, and what was done with it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from catalogue.kernel import periods
from catalogue.kernel.periods import Period
from fulfilment.ledger.models import Entry

from . import figures
from .checklist import Item, items_of
from .figures import Figures
from .models import Month, MonthEvent, Reopening
from .policies import fingerprint, months_between

State = Month.State


@dataclass(frozen=True)
class Standing:
    """A month as it stands now. ``changed``: what was signed said something else than the rows say now."""

    month: Month
    figures: Figures
    sha256: str
    items: list[Item]

    @property
    def period(self) -> Period:
        return self.month.period

    @property
    def changed(self) -> bool:
        return bool(self.month.sha256) and self.month.sha256 != self.sha256

    @property
    def stopped_by(self) -> list[Item]:
        return [item for item in self.items if item.stops]


def month_of(first_day: date) -> Month:
    """Return a month's row, or one that is not kept yet (one query)."""
    found = Month.objects.select_related("first_by", "second_by").filter(year=first_day.year, month=first_day.month)
    return found.first() or Month(year=first_day.year, month=first_day.month)


def standing_of(month: Month, *, now: datetime) -> Standing:
    """Work out a month's figures and its list, in a fixed number of questions."""
    found = figures.of_month(month.period)
    return Standing(month, found, fingerprint(found), items_of(month.period, found, now=now))


def months(now: datetime) -> list[Month]:
    """Return the months since the first entry of the ledger, the latest first (two queries)."""
    first = Entry.objects.aggregate(day=Min("booked_on"))["day"]
    today = periods.day_of(now)
    kept = {str(row): row for row in Month.objects.select_related("first_by", "second_by")}
    days = months_between(min(first or today, today), today)
    return [kept.get(f"{day:%Y-%m}") or Month(year=day.year, month=day.month) for day in days]


def events_of(month: Month) -> list[MonthEvent]:
    """Return what was done with a month, the latest first (one query)."""
    return list(MonthEvent.objects.filter(month=month.pk).select_related("by").order_by("-at", "-pk"))


def asked_of(month: Month) -> Reopening | None:
    """Return what someone asked to have opened again and nobody answered (one query)."""
    return Reopening.objects.filter(month=month.pk, answer="").select_related("asked_by").first()


def last_locked() -> Month | None:
    return Month.objects.filter(state=State.LOCKED).order_by("-year", "-month").first()
