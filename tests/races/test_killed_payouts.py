"""A real process killed with -9 at each step of a payout run; what is done again afterwards pays nobody twice."""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest
import time_machine
from django.db import connections, transaction

from catalogue.kernel.invariants import registered
from fulfilment.ledger.models import Entry
from fulfilment.payouts import operations
from fulfilment.payouts.models import Payout, PayoutFile, PayoutLine, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import approve, approver, deliver, draft, settle, submit, submitter
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(600)]
OPERATIONS = "fulfilment.payouts.operations"


@pytest.fixture
def dies(tmp_path):
    """Give a function that does a step in a process which is killed in this place, and makes sure that it was."""
    application, _ = servers.accounts()
    environment = {
        **os.environ,
        "SHOP_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "storefront.settings",
        "DATABASE_URL": application.at(connections["default"].settings_dict["NAME"]),
        "SHOP_TEST_CLOCK_OFFSET": str(time.time() - time_machine.escape_hatch.time.time()),
    }

    def run(place, step, key=""):
        once = tmp_path / step  # it dies in a place once for each folder
        once.mkdir(exist_ok=True)
        command = ["-m", "tests.support.shifted", "-m", "tests.fakes.one_payout_step", place, str(once), step]
        command = [sys.executable, *command, str(key)]
        done = subprocess.run(command, cwd=databases.ROOT, env=environment, timeout=100, capture_output=True, text=True)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]

    return run


@pytest.fixture(autouse=True)
def owed():
    with transaction.atomic():
        deliver((make_stockrecord(farm_gate="80.00"), 2), (make_stockrecord(farm_gate="30.00"), 1), method="card")
        submitter(), approver()


def counts():
    return PayoutRun.objects.count(), Payout.objects.count(), PayoutLine.objects.count()


def state(run):
    run.refresh_from_db()
    return run.state


def broken():
    return [name for name, check in registered().items() if name.startswith(("payouts", "ledger")) and list(check())]


def test_killed_while_it_is_drafted_submitted_or_approved_a_run_is_as_before(dies):
    left = []
    for place in ("_draw_up", "_cover"):
        dies(f"{OPERATIONS}.drafting:{place}", "draft")
        left.append(counts())
    run = draft()

    dies(f"{OPERATIONS}.deciding:note", "submit", run.pk)
    left.append(state(run))
    submit(run)
    dies(f"{OPERATIONS}.deciding:note", "approve", run.pk)
    left.append(state(run))

    assert left == [(0, 0, 0), (0, 0, 0), "DRAFTED", "SUBMITTED"]
    assert broken() == []


def test_killed_while_it_is_sent_or_settled_a_run_pays_each_cooperative_once(dies):
    run, left = approve(draft()), []
    for place in ("_written", "_file", "_book", "note"):
        dies(f"{OPERATIONS}.exporting:{place}", "export", run.pk)
        left.append((state(run), PayoutFile.objects.count(), Entry.objects.filter(source="payout").count()))
    dies(f"{OPERATIONS}.exporting:_keep", "export", run.pk)  # kept, and nobody was told
    kept = {bytes(file.content) for file in PayoutFile.objects.all()}
    again = operations.export(run_id=run.pk, by=submitter(), now=run.run_at)
    for place in (f"{OPERATIONS}.settling:note_each", f"{OPERATIONS}.settling:close_runs"):
        dies(place, "settle", run.pk)
        left.append((state(run), set(Payout.objects.values_list("state", flat=True))))
    settle(run)

    assert left == [
        *[("APPROVED", 0, 0)] * 4,
        *[("EXPORTED", {"EXPORTED"})] * 2,
    ]
    assert {bytes(file.content) for file in again} == kept
    assert state(run) == "CLOSED"
    assert sorted(Payout.objects.values_list("state", "amount_mad")) == [
        ("SETTLED", Decimal("30.00")),
        ("SETTLED", Decimal("160.00")),
    ]
    assert Entry.objects.filter(source="payout_settled").count() == 2
    assert broken() == []


def test_killed_while_a_run_is_thrown_away_it_is_whole_or_gone(dies):
    run = draft()

    dies(f"{OPERATIONS}.deciding:note", "cancel", run.pk)

    assert (state(run), PayoutLine.objects.count()) == ("DRAFTED", 2)
    operations.cancel(run_id=run.pk, by=submitter(), now=run.run_at)
    assert (draft(run.run_at).payouts.count(), broken()) == (2, [])
