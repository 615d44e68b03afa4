"""A scheduler for ``celery beat`` that writes job rows instead of messages.

So a slot is neither lost with the broker nor fired twice by a second beat: its row is unique.
"""

from datetime import UTC, datetime
from typing import Any

from celery.beat import Scheduler
from celery.schedules import crontab
from django.db import close_old_connections
from django.db.models import Max
from django.utils import timezone

from . import operations
from .models import BeatSlot


class RowScheduler(Scheduler):
    producer: Any = None  # tick() asks for one; the base class would wait for the broker to make it

    def setup_schedule(self) -> None:
        """Go on from the last slots fired, so that a nightly one missed while beat was down is made up for."""
        super().setup_schedule()
        fired = dict(BeatSlot.objects.values_list("name").annotate(Max("slot_at")))
        entries: dict[str, Any] = self.schedule
        for name, entry in entries.items():
            if name in fired:
                entry.last_run_at = fired[name]
            elif not isinstance(entry.schedule, crontab):
                entry.last_run_at -= entry.schedule.run_every  # at once: probes wait for the first canary

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> None:
        close_old_connections()
        now = timezone.now()
        operations.fire_slot(
            name=entry.name, slot_at=slot_of(entry, now), task=entry.task, payload=entry.kwargs or {}, now=now
        )
        if advance:
            self.reserve(entry)


def slot_of(entry: Any, now: datetime) -> datetime:
    """Name the slot that is due, so that two beats, however late each of them is, call it the same."""
    if isinstance(entry.schedule, crontab):
        moment = _after(entry.schedule, entry.last_run_at)
        while (following := _after(entry.schedule, moment)) <= now:
            moment = following  # of several nights missed, one is made up for
        return moment
    every = entry.schedule.run_every.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // every * every, tz=UTC)


def _after(schedule: crontab, moment: datetime) -> datetime:
    last, ahead, _ = schedule.remaining_delta(moment)
    return (last + ahead).astimezone(UTC).replace(microsecond=0)
