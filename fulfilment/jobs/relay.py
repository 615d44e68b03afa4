"""Takes due rows and rings for them; rings again for what was lost on the way."""

import logging
import threading
import time
from datetime import datetime

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import operations, policies
from .broker import Bell, BrokerAway, Doorbell
from .models import Job

logger = logging.getLogger(__name__)

BATCH = 200
POLL = 0.5
PAUSE = 2.0
SWEEP_EVERY = 10.0
BEAT_EVERY = 5.0
ENOUGH = 200
"""With so many messages waiting in a queue its workers are behind, not deaf: ringing again would only pile up."""


def take_due(now: datetime, limit: int = BATCH) -> list[Job]:
    """Mark due rows as rung and return them; two relays never take the same row."""
    return _take(Job.objects.filter(rung_at__isnull=True), now, limit)


def take_late(queue: str, now: datetime, limit: int = BATCH) -> list[Job]:
    """Mark rows of a queue that were rung and not taken as rung again."""
    before = now - policies.RING_AGAIN_AFTER
    return _take(Job.objects.filter(queue=queue, rung_at__lt=before), now, limit)


@transaction.atomic
def _take(rows: "QuerySet[Job]", now: datetime, limit: int) -> list[Job]:
    due = rows.filter(state=Job.State.WAITING, run_at__lte=now).order_by("run_at", "pk")
    jobs = list(due.select_for_update(skip_locked=True, no_key=True)[:limit])
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(rung_at=now)
    return jobs


def ring(jobs: list[Job], doorbell: Doorbell) -> int:
    """Publish; what the broker did not take is put back as never rung, without using an attempt."""
    rung = 0
    try:
        for _bell in doorbell.ring(Bell(job.task, job.pk, job.queue) for job in jobs):
            rung += 1
    except BrokerAway:
        left = [job.pk for job in jobs[rung:]]
        Job.objects.filter(pk__in=left, state=Job.State.WAITING).update(rung_at=None)
        raise
    return rung


def sweep(now: datetime, doorbell: Doorbell) -> int:
    """Reclaim what silent workers held, then ring again for what was rung and never taken."""
    operations.reclaim_lost(now=now)
    again = 0
    for queue in policies.LIMITS:
        late = Job.objects.filter(Q(queue=queue, state=Job.State.WAITING, run_at__lte=now))
        if not late.filter(rung_at__lt=now - policies.RING_AGAIN_AFTER).exists():
            continue
        if doorbell.waiting(queue) < ENOUGH:
            again += ring(take_late(queue, now), doorbell)
    if again:
        logger.warning("Rang again for %d jobs that no worker had taken.", again)
    return again


class Relay:
    """The loop of ``manage.py relay``. ``stop`` may be called from a signal handler or another thread."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._doorbell = Doorbell()
        self._away = False
        self._swept = self._beaten = float("-inf")

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self.step())
        self._doorbell.close()
        connection.close()

    def step(self) -> float:
        """Do one round and say how long to rest; no fault of broker or database ends the loop."""
        close_old_connections()
        try:
            busy = self._round(timezone.now())
        except BrokerAway as away:
            if not self._away:
                logger.error("The broker does not answer; jobs wait in the database: %s", away)
            self._away = True
            return PAUSE
        except DatabaseError as error:
            logger.error("The database does not answer: %s", error)
            connection.close()
            return PAUSE
        return 0 if busy else POLL

    def _round(self, now: datetime) -> bool:
        if self._due("_beaten", BEAT_EVERY):
            operations.beat(name="relay", now=now)
        jobs = take_due(now)
        ring(jobs, self._doorbell)
        if self._due("_swept", SWEEP_EVERY):
            sweep(now, self._doorbell)
        if self._away:
            if not jobs:
                self._doorbell.waiting("default")  # nothing was rung, so nothing is known yet
            logger.warning("The broker answers again.")
            self._away = False
        return len(jobs) == BATCH

    def _due(self, name: str, every: float) -> bool:
        if time.monotonic() - getattr(self, name) < every:
            return False
        setattr(self, name, time.monotonic())
        return True
