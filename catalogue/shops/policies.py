"""When a shop is open, and when goods kept there are ready and how long. On Casablanca's clock; no database."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from catalogue.kernel.workdays import NONE, is_holiday

LOOKED_AHEAD = 60
"""Days ahead in which an opening is looked for; a shop closed for longer is not said to open."""


@dataclass(frozen=True)
class Span:
    """A stretch of a day, its end excluded."""

    opens: time
    closes: time


@dataclass(frozen=True)
class OtherDays:
    """Days with hours of their own; ``span`` is none where the shop stays closed."""

    first_day: date
    until: date
    span: Span | None


@dataclass(frozen=True)
class Calendar:
    """A shop's week, its exceptions, and the days off of the country that follow the moon.

    An exception counts before a holiday, and a holiday before the week.
    """

    week: Mapping[int, Sequence[Span]]
    exceptions: Sequence[OtherDays] = ()
    closed: Set[date] = NONE

    def spans_on(self, day: date) -> list[Span]:
        """Return the stretches of a day, the earliest first; none when it is closed."""
        other = [row for row in self.exceptions if row.first_day <= day < row.until]
        if other:
            return sorted((row.span for row in other if row.span), key=lambda span: span.opens)
        if is_holiday(day, self.closed):
            return []
        return sorted(self.week.get(day.weekday(), ()), key=lambda span: span.opens)

    def closes_at(self, moment: datetime) -> datetime | None:
        """Return when a shop that is open at a moment closes; nothing while it is closed."""
        clock = moment.time()
        for span in self.spans_on(moment.date()):
            if span.opens <= clock < span.closes:
                return datetime.combine(moment.date(), span.closes)
        return None

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return when it opens next after a moment; nothing when that is not known."""
        return next((opens for opens in self._openings(moment.date()) if opens > moment.replace(tzinfo=None)), None)

    def open_days(self, first: date) -> Iterator[date]:
        """Go through the days on which it opens at all, from a day on."""
        days = (first + timedelta(days=offset) for offset in range(LOOKED_AHEAD))
        return (day for day in days if self.spans_on(day))

    def ready_at(self, moment: datetime, minutes: int) -> datetime | None:
        """Return when something ordered now can be fetched: so many minutes of opening hours later."""
        left = timedelta(minutes=minutes)
        now = moment.replace(tzinfo=None)
        for day in self.open_days(now.date()):
            for span in self.spans_on(day):
                begins = max(now, datetime.combine(day, span.opens))
                ends = datetime.combine(day, span.closes)
                if begins + left < ends:
                    return begins + left
                left -= max(ends - begins, timedelta())
        return None

    def kept_until(self, ready: datetime, days: int) -> datetime | None:
        """Return the closing time of the last of so many open days, the day after the goods were ready being the first.

        A shop that is not known to open so often keeps them until the last time that is known.
        """
        kept = [day for day, _count in zip(self.open_days(ready.date() + timedelta(days=1)), range(days), strict=False)]
        if not kept:
            return None
        return datetime.combine(kept[-1], self.spans_on(kept[-1])[-1].closes)

    def _openings(self, first: date) -> Iterator[datetime]:
        for day in self.open_days(first):
            for span in self.spans_on(day):
                yield datetime.combine(day, span.opens)
