"""What happens when: events in the order of their instants, a clock that jumps from one to the next, and jobs."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from django.db import transaction

from catalogue.kernel import periods
from fulfilment.jobs import registry
from fulfilment.jobs.models import Job
from storefront.notifications.operations import SEND

JOBS_EVERY = timedelta(minutes=10)
LATER = timedelta(days=10_000)
"""When messages go that are written with what they tell of: never, so that each has its job as the books want it."""
Happening = Callable[[datetime], None]
NOT_DONE = ("storefront.", "fulfilment.papers.", "fulfilment.payouts.statement")
"""Jobs by whose names nothing moves that is counted: messages, labels, slips, statements on paper."""


class Agenda:
    """``now`` is the simulated instant; ``at`` puts something on it, which is told the instant it happens at."""

    def __init__(self, begins_at: datetime) -> None:
        self.now = self._worked_at = begins_at
        self._waiting: list[tuple[datetime, int, Happening]] = []
        self._serial = count()

    def clock(self) -> datetime:
        return self.now

    def at(self, when: datetime, happening: Happening) -> None:
        """Have something happen; what should have happened before happens at once."""
        heappush(self._waiting, (max(when, self.now), next(self._serial), happening))

    def days(self, until: date) -> Iterator[date]:
        """Let everything happen that is written down, and what follows of it. Yields each day when it is over.

        Jobs are done every ``JOBS_EVERY``, and at the end of a day. What lies after the last day never happens.
        """
        day = periods.day_of(self.now)
        while day < until:
            ends_at = periods.day(day).ends_at
            while self._waiting and self._waiting[0][0] < ends_at:
                when, _serial, happening = heappop(self._waiting)
                self._work_before(when)
                self.now = when
                happening(when)
            work(self.now)
            yield day
            day += timedelta(days=1)

    def _work_before(self, when: datetime) -> None:
        """Do the jobs that what happened lately caused, where the next thing is some time away."""
        if when - self._worked_at >= JOBS_EVERY:
            work(self.now)
            self._worked_at = when


def work(now: datetime) -> None:
    """Do the jobs that are due, and those that they cause. A fault ends the simulation."""
    while jobs := list(Job.objects.filter(state=Job.State.WAITING, run_at__lte=now).order_by("pk")):
        Job.objects.filter(pk__in=[job.pk for job in jobs if job.task == SEND]).update(run_at=now + LATER)
        jobs = [job for job in jobs if job.task != SEND]
        for job in jobs:
            if not job.task.startswith(NOT_DONE):
                _do(job)
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(state=Job.State.DONE, done_at=now)


def _do(job: Job) -> None:
    declared = registry.find(job.task)
    if declared.in_transaction:
        with transaction.atomic():
            declared.function(**job.payload)
    else:
        declared.function(**job.payload)
