import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from fulfilment.jobs import operations, queries, relay, runner
from fulfilment.jobs.models import Job
from tests.support import databases, servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def task(declare_job):
    return declare_job("tests.nothing", lambda: None)


@pytest.fixture
def bell(broker, monkeypatch):
    monkeypatch.setattr(relay, "SWEEP_EVERY", 0.0)
    loop = relay.Relay()
    yield loop
    loop._doorbell.close()


def write(task: str, count: int = 3, **fields: object) -> None:
    with transaction.atomic():
        for number in range(count):
            operations.enqueue(task=task, key=f"{task}-{number}", payload={}, now=timezone.now(), **fields)


def test_the_relay_rings_for_each_due_row_once(task, bell, broker):
    write(task)
    write("fulfilment.jobs.forget_old", 1, run_at=timezone.now() + timedelta(hours=1))

    rests = [bell.step() for _ in range(3)]

    assert (rests, broker.waiting(), broker.waiting("bulk")) == ([relay.POLL] * 3, 3, 0)
    assert Job.objects.filter(rung_at=None).count() == 1


def test_each_queue_gets_its_own(declare_job, bell, broker):
    for queue in ("money", "mail", "bulk"):
        write(declare_job(f"tests.{queue}", lambda: None, queue=queue), 2)

    bell.step()

    assert [broker.waiting(queue) for queue in ("money", "mail", "bulk", "default")] == [2, 2, 2, 0]


def test_rows_wait_for_a_broker_that_is_away_and_leave_when_it_returns(task, bell, broker):
    broker.stop()
    write(task)

    rests = [bell.step(), bell.step()]
    waiting = list(Job.objects.values_list("state", "rung_at", "attempts"))
    broker.start()
    bell.step()

    assert (rests, waiting) == ([relay.PAUSE] * 2, [("WAITING", None, 0)] * 3)
    assert broker.waiting() == 3


def test_a_broker_lost_while_connected_is_found_again(task, bell, broker):
    bell.step()
    write(task, 1)
    bell.step()
    broker.stop()
    write("fulfilment.jobs.forget_old", 1)
    away = bell.step()
    broker.start()

    bell.step()

    assert (away, broker.waiting("bulk")) == (relay.PAUSE, 1)


def test_a_frozen_broker_holds_the_relay_for_seconds_and_the_writer_not_at_all(task, bell, broker):
    bell.step()
    broker.freeze()
    started = time.monotonic()
    write(task)
    written = time.monotonic() - started
    rest = bell.step()
    held = time.monotonic() - started
    broker.thaw()

    bell.step()

    assert rest == relay.PAUSE
    assert (written < 1, held < 8) == (True, True)
    # what raised may have arrived as well: at least once, and claimed once
    assert broker.waiting() >= 3
    assert Job.objects.filter(attempts=0, rung_at__isnull=False).count() == 3


def test_a_broker_that_forgot_everything_is_told_again(task, bell, broker, clock):
    write(task, 20)
    bell.step()
    broker.empty()

    bell.step()
    early = broker.waiting()
    clock.shift(timedelta(seconds=31))
    bell.step()

    assert (early, broker.waiting()) == (0, 20)


def test_workers_that_are_only_behind_are_not_rung_again(task, bell, broker, clock, monkeypatch):
    monkeypatch.setattr(relay, "ENOUGH", 3)
    write(task)
    bell.step()

    clock.shift(timedelta(seconds=31))
    bell.step()

    assert broker.waiting() == 3


def test_a_relay_killed_between_marking_and_ringing_loses_nothing(task, bell, broker, clock):
    write(task)
    relay.take_due(timezone.now())  # and killed here

    bell.step()
    early = broker.waiting()
    clock.shift(timedelta(seconds=31))
    bell.step()

    assert (early, broker.waiting()) == (0, 3)


def test_a_job_of_a_silent_worker_is_rung_again(task, bell, broker, clock):
    write(task, 1)
    bell.step()
    job = Job.objects.get()
    operations.claim(job_id=job.pk, now=timezone.now())
    broker.empty()

    clock.shift(timedelta(minutes=6))
    bell.step()
    bell.step()

    job.refresh_from_db()
    assert (job.state, job.attempts, broker.waiting()) == ("WAITING", 1, 1)


def test_a_dead_connection_to_the_database_is_made_again(task, bell, broker):
    bell.step()
    write(task)
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    rests = [bell.step(), bell.step()]

    assert rests[1] == relay.POLL
    assert broker.waiting() == 3


def test_a_broker_that_returns_is_noticed_without_a_job_to_ring_for(task, bell, broker):
    write(task)
    broker.stop()
    bell.step()
    Job.objects.all().delete()

    still_away = bell.step()
    broker.start()
    back = bell.step()

    assert (still_away, back, bell._away) == (relay.PAUSE, relay.POLL, False)


def test_the_relay_shows_that_it_lives(bell, broker):
    bell.step()

    assert queries.last_beat("relay") == pytest.approx(timezone.now(), abs=timedelta(seconds=5))


def test_two_messages_for_one_row_do_its_work_once(declare_job):
    done = []
    write(declare_job("tests.done", lambda: done.append(1)), 1)
    job = Job.objects.get()

    answers = [runner.run(job.pk), runner.run(job.pk)]

    assert (answers, done) == ([True, False], [1])


def test_the_command_stops_cleanly_when_told(broker):
    application, _ = servers.accounts()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "relay"],
        cwd=databases.ROOT,
        env={
            **os.environ,
            "SHOP_ENV": "demo",
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": application.at(connection.settings_dict["NAME"]),
            "REDIS_URL": broker.redis_url,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    started = process.stdout.readline()
    process.send_signal(signal.SIGTERM)

    ended, _ = process.communicate(timeout=20)

    assert (started, ended, process.returncode) == ("relay: ringing\n", "relay: stopped\n", 0)
