import itertools
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.utils import timezone

from fulfilment.jobs import beat, registry
from fulfilment.jobs.broker import application
from fulfilment.jobs.models import BeatSlot, Job
from fulfilment.jobs.schedule import SCHEDULE

pytestmark = pytest.mark.django_db(transaction=True)  # beat drops connections that a transaction would hold


def scheduler() -> beat.RowScheduler:
    return beat.RowScheduler(application())


def run(*schedulers: beat.RowScheduler) -> None:
    for each in schedulers:
        while each.tick() == 0:
            pass


def slots(name: str) -> list[datetime]:
    return list(BeatSlot.objects.filter(name=name).order_by("slot_at").values_list("slot_at", flat=True))


def test_everything_scheduled_is_a_job_the_code_knows():
    assert [entry["task"] for entry in SCHEDULE.values() if entry["task"] not in registry.names()] == []


def test_beat_writes_a_row_at_once_and_then_each_minute(clock):
    own = scheduler()
    run(own)
    first = Job.objects.filter(task="fulfilment.jobs.canary").count()

    for _ in range(3):
        clock.shift(timedelta(seconds=60))
        run(own)

    assert first == 1
    assert Job.objects.filter(task="fulfilment.jobs.canary").count() == 4


def test_two_beats_fire_each_slot_once(clock):
    first = scheduler()
    run(first)
    clock.shift(timedelta(seconds=17))
    second = scheduler()

    for _ in range(10):
        clock.shift(timedelta(seconds=20))
        run(first, second)

    canaries = slots("canary")
    assert len(canaries) == len(set(canaries)) == Job.objects.filter(task="fulfilment.jobs.canary").count()
    assert {later - earlier for earlier, later in itertools.pairwise(canaries)} == {timedelta(minutes=1)}


def test_a_nightly_slot_missed_while_beat_was_down_is_made_up_for(clock):
    BeatSlot.objects.create(name="forget-old-jobs", slot_at=datetime(2026, 11, 16, 3, 10, tzinfo=UTC))

    run(scheduler())
    run(scheduler())

    assert slots("forget-old-jobs")[1:] == [datetime(2026, 11, 20, 3, 10, tzinfo=UTC)]


def test_slot_of_a_nightly_job_is_the_minute_it_was_due_however_late_beat_is(clock):
    own = scheduler()
    entry = own.schedule["forget-old-jobs"]
    entry.last_run_at = datetime(2026, 11, 19, 12, tzinfo=UTC)

    assert isinstance(entry.schedule, crontab)
    assert beat.slot_of(entry, timezone.now()) == datetime(2026, 11, 20, 3, 10, tzinfo=UTC)


def test_beat_needs_no_broker(broker):
    broker.stop()

    run(scheduler())

    assert Job.objects.filter(task="fulfilment.jobs.canary").count() == 1
