"""Until when something may be reported missing or broken, and why not. No database."""

from collections.abc import Iterable
from datetime import datetime

MISSING, BROKEN, WRONG = "MISSING", "BROKEN", "WRONG"
REFUND, GOODWILL, REJECTED = "REFUND", "GOODWILL", "REJECTED"
MOST_PHOTOS = 3

NOT_ARRIVED, LATE, NONE_LEFT = "not_arrived", "late", "none_left"
"""Why nothing can be reported: it is not there yet, the days are over, every piece was reported or given back."""


def obstacle(ends_at: datetime | None, left: Iterable[int], now: datetime) -> str:
    """Say what keeps a buyer from reporting; nothing when they may. ``ends_at`` is the first instant too late."""
    if ends_at is None:
        return NOT_ARRIVED
    if now >= ends_at:
        return LATE
    return "" if any(left) else NONE_LEFT


def reason_of(outcome: str, faults: Iterable[str]) -> str:
    """Name the reason of a refund as payments know it: what was broken makes it damaged, else something was missing.

    Other goods than were bought are, of those that were bought, missing.
    """
    if outcome == GOODWILL:
        return "GOODWILL"
    return "DAMAGED" if BROKEN in set(faults) else "MISSING"
