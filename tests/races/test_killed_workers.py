"""A real worker, killed with -9 after the work of each job and before its end is written."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from catalogue.kernel import events
from catalogue.kernel.invariants import registered
from fulfilment.jobs import relay
from fulfilment.jobs.models import Job
from fulfilment.orders import signals
from fulfilment.payouts.models import Payable, Payout, PayoutLine, PayoutRun
from storefront.demo.models import Letter
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to
from tests.factories.payouts import AFTER, deliver
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(240)]

PLACES = [
    "fulfilment.warehouse.operations:open_consignments",
    "fulfilment.payouts.operations:record_earnings",
    "storefront.notifications.operations:write_order_message",
    "storefront.notifications.operations:mail_of",
]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def ringing(broker, monkeypatch):
    """A relay at work in this process, which sweeps each half second."""
    monkeypatch.setattr(relay, "SWEEP_EVERY", 0.5)
    loop = relay.Relay()

    def run():
        try:
            loop.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield loop
    loop.stop()
    thread.join(10)


@pytest.fixture
def worker(broker, tmp_path):
    """A Celery worker on this test's database and broker, with an accident waiting in each of ``PLACES``."""
    application, owner = servers.accounts()
    name = connections["default"].settings_dict["NAME"]
    shift = time.time() - time_machine.escape_hatch.time.time()
    environment = {
        **os.environ,
        "SHOP_ENV": "demo",
        "SHOP_PROCESS": "worker",
        "DATA_DIR": str(servers.DATA_DIR),
        "DATABASE_URL": application.at(name),
        "DATABASE_OWNER_URL": owner.at(name),
        "REDIS_URL": broker.redis_url,
        "SHOP_TEST_CLOCK_OFFSET": str(shift),
        "ACCIDENTS": " ".join(PLACES),
        "ACCIDENTS_DIR": str(tmp_path),
    }
    celery = ["celery", "-A", "storefront.celery", "worker", "-Q", "money,default,mail", "-c", "2", "-l", "WARNING"]
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.shifted", "-m", *celery, "--include", "tests.fakes.accidents"],
        cwd=databases.ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    log.close()


def settle(limit: float = 100) -> None:
    """Wait until no job is open; the lease of a job whose worker is silent for two seconds runs out at once."""
    end = time.monotonic() + limit
    running: dict[int, float] = {}
    while Job.objects.filter(state__in=["WAITING", "RUNNING"]).exists():
        assert time.monotonic() < end, list(Job.objects.values_list("task", "state", "attempts", "last_error"))
        held = set(Job.objects.filter(state="RUNNING").values_list("pk", flat=True))
        running = {pk: running.get(pk, time.monotonic()) for pk in held}
        silent = [pk for pk, since in running.items() if time.monotonic() - since > 2]
        Job.objects.filter(pk__in=silent, state="RUNNING").update(leased_until=LONG_AGO)
        time.sleep(0.2)


def test_a_worker_killed_in_every_job_of_an_order_leaves_each_effect_once(worker, ringing, tmp_path):
    with transaction.atomic():
        order = make_held_order((make_stockrecord(), 2), (make_stockrecord(), 1))
        events.announce(signals.order_confirmed, order_id=order.pk)
    settle()
    for consignment in order.consignments.all():
        move_to(consignment, "DELIVERED")
    settle()

    assert killed(tmp_path) == sorted(place.replace(":", ".") for place in PLACES)
    assert (order.consignments.count(), Payable.objects.count()) == (2, 2)
    told = sorted(Message.objects.values_list("kind", "state"))
    assert told == [(f"order.{kind}", "SENT") for kind in ("confirmed", "delivered", "shipped")]
    assert Letter.objects.count() == 3
    assert [name for name, check in registered().items() if list(check())] == []
    assert Job.objects.filter(attempts__gt=1).count() >= len(PLACES)


def killed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".log")


RUN_PAYOUTS = """
import sys
from pathlib import Path

import django

django.setup()
from django.core.management import call_command
from tests.fakes.accidents import arm

arm("fulfilment.payouts.operations:_cover", Path(sys.argv[1]))
call_command("run_payouts")
"""


def test_a_payout_run_killed_in_the_middle_leaves_nothing_and_the_next_one_pays_once(tmp_path):
    long_ago = timezone.now() - AFTER  # the process that is killed looks at its own clock
    with time_machine.travel(long_ago), transaction.atomic():
        deliver(method="card")
    application, _ = servers.accounts()
    environment = {
        **os.environ,
        "SHOP_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "storefront.settings",
        "DATABASE_URL": application.at(connections["default"].settings_dict["NAME"]),
    }

    def run() -> tuple[int, int, int, int]:
        command = [sys.executable, "-c", RUN_PAYOUTS, str(tmp_path)]
        done = subprocess.run(command, cwd=databases.ROOT, env=environment, timeout=100, capture_output=True)
        counts = (PayoutRun.objects.count(), Payout.objects.count(), PayoutLine.objects.count())
        return done.returncode, *counts

    assert run() == (-signal.SIGKILL, 0, 0, 0)
    assert run() == (0, 1, 2, 4)


def test_the_worker_refuses_a_role_that_owns_the_tables(broker):
    _, owner = servers.accounts()
    name = connections["default"].settings_dict["NAME"]
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "storefront.celery", "worker", "-c", "1", "-l", "ERROR"],
        cwd=databases.ROOT,
        env={
            **os.environ,
            "SHOP_ENV": "demo",
            "DATABASE_URL": owner.at(name),
            "REDIS_URL": broker.redis_url,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "The shop does not start: DATABASE_URL connects as" in done.stderr
