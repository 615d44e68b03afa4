"""When a rate is believed at once and when a person must look at it. Plain Python."""

from collections.abc import Set
from datetime import date
from decimal import Decimal

from catalogue.kernel.money import quantize
from catalogue.kernel.workdays import NONE, workdays_since

LOWEST, HIGHEST = Decimal(1), Decimal(100)
"""What a euro or a dollar can be worth in dirhams; anything else is a mistake. The database refuses it too."""

MOST_CHANGE_PCT = Decimal(3)
OLDEST_WORKDAYS = 4


def moved_too_far(before: Decimal, after: Decimal) -> bool:
    """Tell whether a rate moved more than 3 % of what it was, unrounded."""
    return abs(after - before) * 100 > MOST_CHANGE_PCT * before


def change_pct(before: Decimal, after: Decimal) -> Decimal:
    """Return how far a rate moved, in hundredths of what it was, for a person to read."""
    return quantize((after - before) * 100 / before)


def too_old(fixed_on: date, day: date, closed: Set[date] = NONE) -> bool:
    """Tell whether a rate is older than 4 working days on a day."""
    return workdays_since(fixed_on, day, closed) > OLDEST_WORKDAYS
