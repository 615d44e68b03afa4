"""The tests' today: the day the data was compiled for."""

import contextlib
import datetime
import os
import time
from collections.abc import Iterator

import time_machine

PINNED = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)  # 12:00 in Casablanca too, since 2026-09-20
OFFSET = "SHOP_TEST_CLOCK_OFFSET"


def pinned(after: datetime.timedelta = datetime.timedelta()) -> time_machine.travel:
    return time_machine.travel(PINNED + after, tick=True)


def offset() -> float:
    """How far the run's processes are from the real clock; one number, so that they agree with each other."""
    if OFFSET not in os.environ:
        os.environ[OFFSET] = str(PINNED.timestamp() - time.time())
    return float(os.environ[OFFSET])


def ahead() -> float:
    """How far this process is from the real clock, in seconds."""
    return time.time() - time_machine.escape_hatch.time.time() if time_machine.escape_hatch.is_travelling() else 0.0


@contextlib.contextmanager
def shifted() -> Iterator[time_machine.Traveller]:
    """Share the run's clock with its other processes, to the second: an app's code is good for thirty."""
    with time_machine.travel(time.time() + offset(), tick=True) as traveller:
        traveller.time_ns()  # it ticks from its first reading; a forked web worker would start its own seconds later
        yield traveller
