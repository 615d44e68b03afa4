"""What a driver's phone may be wrong about, and how long a PIN may be guessed at. No database."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

WRONG_PINS = 5
LOCKED_FOR = timedelta(hours=1)
"""After five wrong PINs, and after each one more until a right one comes or the office gives another."""

LONGEST_WAIT = timedelta(days=14)
SAME_VISIT = timedelta(hours=1)
"""Two who write that nobody was there within so long of each other stood at the door together."""


def locked_until(wrong_pins: int, now: datetime) -> datetime | None:
    return now + LOCKED_FOR if wrong_pins >= WRONG_PINS else None


def is_good(valid_from: date, valid_until: date, today: date) -> bool:
    return valid_from <= today < valid_until


def happened_at(seconds_ago: int, received_at: datetime) -> datetime:
    """Say when something happened by how long it waited on the phone, whose clock may be wrong but not its count."""
    return received_at - min(max(timedelta(seconds=seconds_ago), timedelta()), LONGEST_WAIT)


def visit_of(happened_at: datetime, before: Sequence[datetime]) -> int:
    """Return which visit this is, after those that ended ``before``: the last of them again, or one more."""
    if before and abs(happened_at - before[-1]) < SAME_VISIT:
        return len(before)
    return len(before) + 1
