"""A real worker, killed with -9 after the work of each job and before its end is written."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connections, transaction

from catalogue.kernel import events
from catalogue.kernel.invariants import registered
from fulfilment.jobs import relay
from fulfilment.jobs.models import Job
from fulfilment.orders import signals
from fulfilment.payouts.models import Payable
from storefront.demo.models import Letter
from storefront.notifications.models import Message
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to
from tests.support import databases, servers
from tests.support.workers import LONG_AGO, Worker, open_jobs, ringing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(240)]

PLACES = [
    "fulfilment.warehouse.operations:open_consignments",
    "fulfilment.payouts.operations:record_earnings",
    "storefront.notifications.operations:write_order_message",
    "storefront.notifications.operations:mail_of",
]


@pytest.fixture
def sweeping(broker, monkeypatch):
    """A relay at work in this process, which sweeps each half second."""
    monkeypatch.setattr(relay, "SWEEP_EVERY", 0.5)
    with ringing():
        yield


@pytest.fixture
def worker(broker, tmp_path):
    """A Celery worker on this test's database and broker, with an accident waiting in each of ``PLACES``."""
    accidents = {"ACCIDENTS": " ".join(PLACES), "ACCIDENTS_DIR": str(tmp_path)}
    with Worker(broker, tmp_path, "--include", "tests.fakes.accidents", **accidents) as made:
        yield made


def settle(limit: float = 100) -> None:
    """Wait until no job is open; the lease of a job whose worker is silent for two seconds runs out at once."""
    end = time.monotonic() + limit
    running: dict[int, float] = {}
    while open_jobs().exists():
        assert time.monotonic() < end, list(Job.objects.values_list("task", "state", "attempts", "last_error"))
        held = set(Job.objects.filter(state="RUNNING").values_list("pk", flat=True))
        running = {pk: running.get(pk, time.monotonic()) for pk in held}
        silent = [pk for pk, since in running.items() if time.monotonic() - since > 2]
        Job.objects.filter(pk__in=silent, state="RUNNING").update(leased_until=LONG_AGO)
        time.sleep(0.2)


def test_a_worker_killed_in_every_job_of_an_order_leaves_each_effect_once(worker, sweeping, tmp_path):
    with transaction.atomic():
        order = make_held_order((make_stockrecord(), 2), (make_stockrecord(), 1))
        events.announce(signals.order_confirmed, order_id=order.pk)
    settle()
    for consignment in order.consignments.all():
        move_to(consignment, "DELIVERED")
    settle()

    assert killed(tmp_path) == sorted(place.replace(":", ".") for place in PLACES)
    assert (order.consignments.count(), Payable.objects.count()) == (2, 2)
    told = sorted(Message.objects.filter(channel="mail").values_list("kind", "state"))
    steps = ["order.confirmed", "order.delivered", "order.shipped", "parcel.parcel_left"]
    assert told == [(step, "SENT") for step in steps]
    assert Letter.objects.count() == Message.objects.count() == 2 * len(steps)
    assert [name for name, check in registered().items() if list(check())] == []
    assert Job.objects.filter(attempts__gt=1).count() >= len(PLACES)


def killed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".log")


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
