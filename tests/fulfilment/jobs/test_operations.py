from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from catalogue.kernel.events import OutsideTransaction
from fulfilment.jobs import operations, policies, queries, registry
from fulfilment.jobs.models import BeatSlot, Heartbeat, Job
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def nothing(**payload: object) -> None:
    pass


@pytest.fixture
def task(declare_job):
    return declare_job("tests.nothing", nothing)


def write(task: str, key: str = "one", **fields: object) -> Job:
    operations.enqueue(task=task, key=key, payload={"number": 7}, now=timezone.now(), **fields)
    return Job.objects.get(key=key)


def test_enqueue_writes_a_waiting_row_on_its_jobs_queue(declare_job):
    task = declare_job("tests.money", nothing, queue="money")

    job = write(task)

    assert (job.state, job.queue, job.attempts, job.payload) == ("WAITING", "money", 0, {"number": 7})


def test_enqueue_with_a_key_used_before_changes_nothing(task):
    write(task)

    operations.enqueue(task=task, key="one", payload={"number": 8}, now=timezone.now())

    assert Job.objects.get().payload == {"number": 7}


def test_enqueue_of_an_unknown_job_is_refused():
    with pytest.raises(registry.UnknownJob):
        write("tests.no_such_job")


@pytest.mark.django_db(transaction=True)
def test_enqueue_outside_a_transaction_is_refused(task):
    with pytest.raises(OutsideTransaction):
        operations.enqueue(task=task, key="one", payload={}, now=timezone.now())


def test_enqueue_is_undone_with_its_transaction(task):
    with transaction.atomic():
        write(task)
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_claim_counts_the_attempt_and_takes_a_lease_of_the_queues_limit(task):
    job = write(task)
    now = timezone.now()

    claim = operations.claim(job_id=job.pk, now=now)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease) == ("RUNNING", 1, claim.lease)
    assert job.leased_until == now + timedelta(minutes=5) + policies.GRACE


def test_claim_gives_nothing_for_a_job_that_is_early_or_taken_or_unknown(task):
    early = write(task, "early", run_at=timezone.now() + timedelta(minutes=1))
    taken = write(task, "taken")
    operations.claim(job_id=taken.pk, now=timezone.now())

    assert [operations.claim(job_id=pk, now=timezone.now()) for pk in (early.pk, taken.pk, 0)] == [None, None, None]


def test_fail_tries_again_after_1_then_10_minutes_and_buries_the_job_at_the_third_failure(task, caplog):
    job = write(task)
    now = timezone.now()

    waits = []
    for _ in range(3):
        claim = operations.claim(job_id=job.pk, now=now)
        operations.fail(claim=claim, error="Traceback\nValueError: bad", now=now)
        job.refresh_from_db()
        waits.append(job.run_at - now)
        now = job.run_at

    assert waits == [timedelta(minutes=1), timedelta(minutes=10), timedelta()]
    assert (job.state, job.attempts, job.last_error) == ("DEAD", 3, "Traceback\nValueError: bad")
    assert [(r.levelname, "dead letter: ValueError: bad" in r.message) for r in caplog.records] == [("ERROR", True)]


def test_finish_with_a_lost_lease_is_refused(task):
    job = write(task)
    late = operations.claim(job_id=job.pk, now=timezone.now())
    after = timezone.now() + timedelta(hours=1)
    operations.reclaim_lost(now=after)
    operations.claim(job_id=job.pk, now=after)

    with pytest.raises(operations.LeaseLost):
        operations.finish(claim=late, now=after)
    with pytest.raises(operations.LeaseLost):
        operations.fail(claim=late, error="too late", now=after)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == ("RUNNING", 2, "The worker fell silent in attempt 1.")


def test_reclaim_lost_buries_a_job_that_kills_its_worker_each_time(task, caplog):
    job = write(task)
    now = timezone.now()

    for _ in range(3):
        operations.claim(job_id=job.pk, now=now)
        now += timedelta(hours=1)
        operations.reclaim_lost(now=now)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("DEAD", 3)
    assert [r.levelname for r in caplog.records] == ["ERROR"]


def test_revive_gives_a_dead_job_its_attempts_back(task):
    job = write(task)
    Job.objects.update(state="DEAD", attempts=3)

    assert operations.revive(job_id=job.pk, now=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("WAITING", 0)


def test_a_dead_job_is_let_be_with_a_reason_that_stays_and_is_tried_again_still(task):
    person, now = make_person(), timezone.now()
    job = Job.objects.create(task=task, key="a", state="DEAD", run_at=now, created_at=now, attempts=3)

    with pytest.raises(operations.NoReason):
        operations.let_be(job_id=job.pk, reason=" ", by=person, now=now)
    operations.let_be(job_id=job.pk, reason=" a number that is gone ", by=person, now=now)
    with pytest.raises(operations.NotDead):
        operations.let_be(job_id=job.pk, reason="again", by=person, now=now)
    waiting, left = list(queries.dead()), list(queries.let_be())
    operations.revive_keys(keys=["a", "b"], now=now)

    job.refresh_from_db()
    assert (waiting, left, queries.counts()) == ([], [job], {("default", "WAITING"): 1})
    assert (job.state, job.attempts, job.let_be_at) == ("WAITING", 0, None)
    assert [(one.reason, one.by) for one in job.let_be.all()] == [("a number that is gone", person)]


def test_only_what_is_dead_is_let_be_and_what_was_said_stays_in_the_database_too(task):
    now = timezone.now()
    job = Job.objects.create(task=task, key="a", run_at=now, created_at=now)

    with pytest.raises(operations.NotDead):
        operations.let_be(job_id=job.pk, reason="why", by=make_person(), now=now)
    with pytest.raises(IntegrityError, match="job_let_be_is_dead"), transaction.atomic():
        Job.objects.update(let_be_at=now)
    Job.objects.update(state="DEAD")
    operations.let_be(job_id=job.pk, reason="why", by=make_person(), now=now)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        job.let_be.update(reason="because")


def test_fire_slot_writes_one_job_for_two_schedulers(task):
    slot = timezone.now().replace(second=0, microsecond=0)

    fired = [
        operations.fire_slot(name="each", slot_at=slot, task=task, payload={}, now=timezone.now()) for _ in range(2)
    ]

    assert fired == [True, False]
    assert (Job.objects.count(), BeatSlot.objects.count()) == (1, 1)


def fire(task: str, slot_at: datetime) -> Job:
    operations.fire_slot(name="each", slot_at=slot_at, task=task, payload={}, now=slot_at)
    return Job.objects.get(key=f"beat:each:{slot_at:%Y-%m-%dT%H:%M:%S}")


@pytest.mark.parametrize("end", ["fail", "fall silent"])
def test_a_slot_that_failed_gives_way_to_the_next_one_and_keeps_its_error(task, caplog, end):
    slot = timezone.now().replace(second=0, microsecond=0)
    job = fire(task, slot)
    claim = operations.claim(job_id=job.pk, now=slot)
    fire(task, slot + timedelta(minutes=1))

    if end == "fail":
        operations.fail(claim=claim, error="ValueError: bad", now=slot + timedelta(minutes=1))
    else:
        operations.reclaim_lost(now=slot + timedelta(hours=1))

    job.refresh_from_db()
    assert (job.state, job.attempts, job.done_at is not None) == ("DONE", 1, True)
    assert job.last_error == ("ValueError: bad" if end == "fail" else "The worker fell silent in attempt 1.")
    assert [r.levelname for r in caplog.records] == (["ERROR"] if end == "fail" else [])


def test_a_slot_that_no_other_follows_is_tried_again_and_then_a_dead_letter(task):
    now = timezone.now().replace(second=0, microsecond=0)
    fire(task, now - timedelta(minutes=1))
    job = fire(task, now)

    for _ in range(3):
        operations.fail(claim=operations.claim(job_id=job.pk, now=now), error="bad", now=now)
        now += timedelta(hours=1)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("DEAD", 3)


def test_beat_keeps_one_row_for_each_kind_of_process():
    now = timezone.now()

    for later in range(3):
        operations.beat(name="worker", now=now + timedelta(seconds=later))

    assert Heartbeat.objects.get().beat_at == now + timedelta(seconds=2)


def test_forget_old_keeps_what_belongs_to_orders_and_what_is_dead(task):
    old = timezone.now() - timedelta(days=31)
    for key, state in [("beat:canary:1", "DONE"), ("beat:canary:2", "DEAD"), ("mail:1", "DONE")]:
        write(task, key)
        Job.objects.filter(key=key).update(state=state, done_at=old if state == "DONE" else None)

    operations.forget_old(now=timezone.now())

    assert sorted(Job.objects.values_list("key", flat=True)) == ["beat:canary:2", "mail:1"]
