"""Jobs rung, fired and claimed by several at once: each once; and what happens without the guard."""

import itertools
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fulfilment.jobs import operations, relay, runner
from fulfilment.jobs.models import Job
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def write(task: str, count: int = 1) -> list[int]:
    with transaction.atomic():
        for number in range(count):
            operations.enqueue(task=task, key=f"{task}-{number}", payload={}, now=timezone.now())
    return list(Job.objects.values_list("pk", flat=True))


all_have_looked = threading.Barrier(8)


def claim_without_guard(*, job_id, now):
    job = Job.objects.get(pk=job_id)
    lease = uuid4()
    all_have_looked.wait(timeout=30)
    Job.objects.filter(pk=job_id).update(
        state="RUNNING", attempts=F("attempts") + 1, lease=lease, leased_until=now + timedelta(minutes=5)
    )
    return operations.Claim(job_id, job.task, job.payload, 1, lease)


@pytest.fixture
def done(declare_job):
    seen: list[int] = []

    def work():
        seen.append(1)
        time.sleep(0.1)

    [job_id] = write(declare_job("tests.work", work))
    return job_id, seen


def test_eight_workers_rung_for_one_job_do_it_once(done):
    job_id, seen = done

    answers = run_together(lambda: runner.run(job_id), workers=8)

    assert (sum(answers), len(seen), Job.objects.get().attempts) == (1, 1, 1)


def test_twin_without_the_claim_several_do_it(done, monkeypatch):
    job_id, seen = done
    monkeypatch.setattr(operations, "claim", claim_without_guard)

    run_together(lambda: runner.run(job_id), workers=8)

    assert len(seen) > 1


def test_two_relays_take_each_row_once(declare_job):
    ids = write(declare_job("tests.nothing", lambda: None), 50)

    taken = run_together(lambda: [job.pk for job in relay.take_due(timezone.now())], workers=4)

    assert sorted(itertools.chain(*taken)) == ids


def test_twin_two_relays_that_look_before_they_mark_take_rows_twice(declare_job, monkeypatch):
    ids = write(declare_job("tests.nothing", lambda: None), 50)

    def take_without_locks(rows, now, limit):
        jobs = list(rows.filter(state="WAITING", run_at__lte=now).order_by("run_at", "pk")[:limit])
        time.sleep(0.2)
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(rung_at=now)
        return jobs

    monkeypatch.setattr(relay, "_take", take_without_locks)

    taken = run_together(lambda: [job.pk for job in relay.take_due(timezone.now())], workers=4)

    assert len(list(itertools.chain(*taken))) > len(ids)


def fire(task: str) -> bool:
    slot = timezone.now().replace(second=0, microsecond=0)
    return operations.fire_slot(name="each-minute", slot_at=slot, task=task, payload={}, now=timezone.now())


def test_two_beats_at_the_same_instant_write_one_job(declare_job):
    task = declare_job("tests.nothing", lambda: None)

    fired = run_together(lambda: fire(task), workers=4)

    assert (sum(fired), Job.objects.count()) == (1, 1)


def test_twin_beats_without_the_unique_slot_write_a_job_each(declare_job, monkeypatch):
    task = declare_job("tests.nothing", lambda: None)
    enqueue = operations.enqueue

    monkeypatch.setattr(operations.BeatSlot.objects, "get_or_create", lambda **fields: (None, True))
    monkeypatch.setattr(operations, "enqueue", lambda key, **fields: enqueue(key=f"{key}-{uuid4()}", **fields))

    run_together(lambda: fire(task), workers=4)

    assert Job.objects.count() == 4


def test_one_key_enqueued_by_several_at_once_is_one_job(declare_job):
    task = declare_job("tests.nothing", lambda: None)

    def enqueue():
        with transaction.atomic():
            operations.enqueue(task=task, key="same", payload={}, now=timezone.now())

    run_together(enqueue, workers=6)

    assert Job.objects.count() == 1
