"""The shop's calendar: days, weeks, fortnights and months begin at midnight in Casablanca.

Morocco left UTC+1 on 2026-09-20; a machine's own time zone files may be older than that, so the zone is
read from the pinned ``tzdata`` package.
"""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

zoneinfo.reset_tzpath(to=())
CASABLANCA = zoneinfo.ZoneInfo("Africa/Casablanca")


@dataclass(frozen=True)
class Period:
    """Days from the first to the last excluded, and the instants that bound them."""

    from_day: date
    until_day: date

    def __post_init__(self) -> None:
        if self.until_day <= self.from_day:
            raise ValueError("A period ends after it begins.")

    def __contains__(self, day: date) -> bool:
        return self.from_day <= day < self.until_day

    @property
    def begins_at(self) -> datetime:
        return start_of(self.from_day)

    @property
    def ends_at(self) -> datetime:
        return start_of(self.until_day)


def local(instant: datetime) -> datetime:
    """Return the instant on Casablanca's clock."""
    if instant.tzinfo is None:
        raise ValueError("An instant without a time zone means nothing.")
    return instant.astimezone(CASABLANCA)


def day_of(instant: datetime) -> date:
    """Return the shop's day in which an instant falls."""
    return local(instant).date()


def start_of(day: date) -> datetime:
    """Return the instant, in UTC, at which the shop's day begins."""
    return datetime.combine(day, time.min, CASABLANCA).astimezone(UTC)


def day(of: date) -> Period:
    return Period(of, of + timedelta(days=1))


def week(containing: date) -> Period:
    """Return the week from Monday to Monday."""
    monday = containing - timedelta(days=containing.weekday())
    return Period(monday, monday + timedelta(days=7))


def fortnight(containing: date) -> Period:
    """Return the half month: the 1st to the 15th, or the 16th to the end."""
    whole = month(containing)
    middle = containing.replace(day=16)
    return Period(whole.from_day, middle) if containing < middle else Period(middle, whole.until_day)


def month(containing: date) -> Period:
    first = containing.replace(day=1)
    return Period(first, (first + timedelta(days=32)).replace(day=1))


class NoSuchHour(ValueError):
    """Casablanca's clock was put forward over this hour: nobody ever saw it."""


def instant_of(written: datetime) -> datetime:
    """Return the instant, in UTC, at which Casablanca's clock shows a day and an hour (the first time, if twice)."""
    if written.tzinfo is not None:
        raise ValueError("What a clock shows has no time zone.")
    instant = written.replace(tzinfo=CASABLANCA, fold=0).astimezone(UTC)
    if instant.astimezone(CASABLANCA).replace(tzinfo=None) != written:
        raise NoSuchHour(written)
    return instant
