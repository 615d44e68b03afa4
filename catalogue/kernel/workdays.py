"""Days on which banks and offices work in Morocco: Monday to Friday, holidays left out. Plain Python.

Holidays with a fixed date stand here, each with the first year it was kept. Those that follow the moon are
announced a few days before: callers hand them in as ``closed``, a set of days.
"""

from collections.abc import Set
from datetime import date, timedelta
from types import MappingProxyType

LONG_AGO = 1956
HOLIDAYS = MappingProxyType(
    {
        (1, 1): LONG_AGO,  # New Year
        (1, 11): LONG_AGO,  # Independence Manifesto
        (1, 14): 2024,  # Amazigh New Year
        (5, 1): LONG_AGO,  # Labour Day
        (7, 30): 2000,  # Throne Day
        (8, 14): LONG_AGO,  # Oued Eddahab
        (8, 20): LONG_AGO,  # Revolution of the King and the People
        (8, 21): LONG_AGO,  # Youth Day
        (10, 31): 2026,  # Unity Day
        (11, 6): 1976,  # Green March
        (11, 18): LONG_AGO,  # Independence Day
    }
)
NONE: frozenset[date] = frozenset()


def is_holiday(day: date, closed: Set[date] = NONE) -> bool:
    """Tell whether a day is a public holiday, whatever weekday it is."""
    return day in closed or day.year >= HOLIDAYS.get((day.month, day.day), date.max.year + 1)


def is_workday(day: date, closed: Set[date] = NONE) -> bool:
    """Tell whether banks and offices work on a day."""
    return day.weekday() < 5 and not is_holiday(day, closed)


def workdays_since(day: date, until: date, closed: Set[date] = NONE) -> int:
    """Count the working days after ``day`` up to and with ``until``; none when it is not later."""
    days = (day + timedelta(days=offset) for offset in range(1, (until - day).days + 1))
    return sum(is_workday(each, closed) for each in days)


def workday_after(day: date, count: int, closed: Set[date] = NONE) -> date:
    """Return the working day that comes as the ``count``-th after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, closed)
    return day
