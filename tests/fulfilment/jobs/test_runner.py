from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from fulfilment.jobs import operations, runner
from fulfilment.jobs.models import Heartbeat, Job

pytestmark = pytest.mark.django_db


def write(task: str, key: str = "one") -> Job:
    operations.enqueue(task=task, key=key, payload={"number": 7}, now=timezone.now())
    return Job.objects.get(key=key)


def test_run_calls_the_function_with_its_payload_once(declare_job):
    seen = []
    job = write(declare_job("tests.seen", lambda number: seen.append(number)))

    answers = [runner.run(job.pk) for _ in range(3)]

    job.refresh_from_db()
    assert (answers, seen, job.state) == ([True, False, False], [7], "DONE")


def test_run_keeps_the_error_and_tries_again_later(declare_job, run_jobs, clock):
    tried = []

    def refuse(number: int) -> None:
        tried.append(number)
        if len(tried) < 3:
            raise ConnectionError("no route")

    job = write(declare_job("tests.refuse", refuse))
    run_jobs()
    job.refresh_from_db()
    after_one = (job.state, len(tried), "ConnectionError: no route" in job.last_error)

    clock.shift(timedelta(minutes=1))
    run_jobs()
    clock.shift(timedelta(minutes=10))
    run_jobs()

    job.refresh_from_db()
    assert after_one == ("WAITING", 1, True)
    assert (job.state, len(tried), job.last_error) == ("DONE", 3, "")


@pytest.mark.parametrize("in_transaction", [True, False])
def test_run_finishing_after_its_lease_was_given_away_leaves_the_row_alone(declare_job, in_transaction, clock):
    def overtaken(number: int) -> None:
        operations.beat(name="late", now=timezone.now())
        Job.objects.update(state="WAITING", lease=None, leased_until=None)
        operations.claim(job_id=job.pk, now=timezone.now())

    job = write(declare_job("tests.overtaken", overtaken, in_transaction=in_transaction))

    answer = runner.run(job.pk)

    job.refresh_from_db()
    assert (answer, job.done_at) == (False, None)


@pytest.mark.django_db(transaction=True)
def test_run_in_transaction_keeps_nothing_of_an_attempt_that_lost_its_lease(declare_job):
    def overtaken(number: int) -> None:
        operations.beat(name="late", now=timezone.now())
        Job.objects.update(leased_until=timezone.now(), lease="00000000-0000-0000-0000-000000000000")

    with transaction.atomic():
        job = write(declare_job("tests.overtaken", overtaken, in_transaction=True))

    runner.run(job.pk)

    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_run_in_transaction_keeps_nothing_of_an_attempt_that_failed(declare_job):
    def half(number: int) -> None:
        operations.beat(name="half", now=timezone.now())
        raise ValueError("stop")

    with transaction.atomic():
        job = write(declare_job("tests.half", half, in_transaction=True))

    runner.run(job.pk)

    job.refresh_from_db()
    assert (Heartbeat.objects.count(), job.state, job.attempts) == (0, "WAITING", 1)
