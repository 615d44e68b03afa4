"""The tests' today: the day the data was compiled for."""

import datetime
import os
import time

import time_machine

PINNED = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)  # 12:00 in Casablanca too, since 2026-09-20
OFFSET = "SHOP_TEST_CLOCK_OFFSET"


def pinned() -> time_machine.travel:
    return time_machine.travel(PINNED, tick=True)


def offset() -> float:
    """How far the run's processes are from the real clock; one number, so that they agree with each other."""
    if OFFSET not in os.environ:
        os.environ[OFFSET] = str(PINNED.timestamp() - time.time())
    return float(os.environ[OFFSET])


def shifted() -> time_machine.travel:
    return time_machine.travel(time.time() + offset(), tick=True)
