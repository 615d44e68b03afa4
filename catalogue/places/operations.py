"""Writing the days on which nobody works."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalogue.kernel import formats

from . import queries
from .models import Holiday

LONGEST_DAYS = 10


class HolidaysOverlap(Exception):
    """Some of these days are another feast's already."""

    def __init__(self, other: Holiday) -> None:
        self.other = other
        words = {
            "feast": other.get_feast_display(),
            "first": formats.short_day(other.first_day),
            "until": formats.short_day(other.until),
        }
        super().__init__(_("These days overlap “%(feast)s”, from %(first)s until %(until)s.") % words)


class PastDay(Exception):
    """What was counted with these days stays counted: only days to come are written or taken back."""

    def __init__(self) -> None:
        super().__init__(_("Days that are over stay as they are."))


class BadLength(Exception):
    """A feast lasts from one to ten days."""

    def __init__(self) -> None:
        super().__init__(_("A feast lasts from one to ten days."))


def write_holiday(
    *,
    feast: str,
    first_day: date,
    until: date,
    now: datetime,
    today: date,
    expected: bool = False,
    note: str = "",
    written_by: Any = None,
    replaces: int | None = None,
) -> Holiday:
    """Write days off, or move those that ``replaces`` names once the moon was seen.

    Raises ``HolidaysOverlap``, ``PastDay``, ``BadLength`` or ``Holiday.DoesNotExist``; nothing is written then.
    """
    if not 1 <= (until - first_day).days <= LONGEST_DAYS:
        raise BadLength
    if first_day < today:
        raise PastDay
    row = Holiday(
        feast=feast,
        first_day=first_day,
        until=until,
        expected=expected,
        note=note,
        written_by=written_by,
        written_at=now,
    )
    try:
        with transaction.atomic():
            if replaces is not None:
                remove_holiday(holiday_id=replaces, today=today)
            row.save(force_insert=True)
    except IntegrityError:
        other = Holiday.objects.filter(first_day__lt=until, until__gt=first_day).exclude(pk=replaces).first()
        if other is None:
            raise
        raise HolidaysOverlap(other) from None
    queries.forget()
    return row


@transaction.atomic
def remove_holiday(*, holiday_id: int, today: date) -> None:
    """Take days off back before they begin. Raises ``PastDay`` or ``Holiday.DoesNotExist``."""
    row = Holiday.objects.select_for_update(no_key=True).get(pk=holiday_id)
    if row.first_day < today:
        raise PastDay
    row.delete()
    queries.forget()
