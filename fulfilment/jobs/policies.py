"""How long a job may take, when it is tried again, and when a silence is too long."""

from datetime import datetime, timedelta

LIMITS = {
    "money": timedelta(minutes=1),
    "default": timedelta(minutes=5),
    "mail": timedelta(minutes=5),
    "bulk": timedelta(hours=1),
}
GRACE = timedelta(seconds=5)
"""A lease outlives the hard limit by this much, so that a killed task is gone before the next one starts."""

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
ATTEMPTS = 3
SLOT_KEY = "beat:"
"""So begin the keys of jobs that the schedule writes."""

RING_AGAIN_AFTER = timedelta(seconds=30)
"""A job that was rung and not taken for so long is rung again: the broker may have lost the message."""


def lease_ends(queue: str, now: datetime) -> datetime:
    return now + LIMITS[queue] + GRACE


def next_try(attempts: int, now: datetime) -> datetime:
    """Say when to try again after so many attempts."""
    return now + RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
