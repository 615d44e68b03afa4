"""Two payout runs at once draft each leg once; without the locks and the database's guards they pay twice."""

import contextlib
import itertools
import threading
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from django.db import connections, transaction
from django.db.models import Sum
from django.utils import timezone

from fulfilment.payouts import operations, owing
from fulfilment.payouts.models import Freeze, Payout
from fulfilment.payouts.operations import drafting
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft
from tests.support import servers
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
OWED = Decimal("160.00")
NOW = datetime(2026, 12, 30, tzinfo=UTC)


@pytest.fixture
def owed():
    with transaction.atomic():
        return deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")


@pytest.fixture
def meet(monkeypatch):
    """Hold each run between its snapshot and its payments until both have one, or half a second."""
    barrier = threading.Barrier(2)
    draw_up = drafting._draw_up

    def wait(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=0.5)
        return draw_up(*args)

    monkeypatch.setattr(drafting, "_draw_up", wait)


@pytest.fixture
def many_references(monkeypatch):
    references = itertools.count(1)
    monkeypatch.setattr(drafting, "_reference", lambda cycle, period: f"PAY-{next(references)}")


def pay_together():
    return run_together(
        lambda: draft(NOW),
        workers=2,
        expected=(operations.RunInProgress, operations.PaidMeanwhile),
    )


def paid() -> Decimal:
    return Payout.objects.aggregate(paid=Sum("amount_mad"))["paid"]


def unguard(*statements: str) -> None:
    """Take the database's own guards away, as the owner; the next test gets a fresh database."""
    _, owner = servers.accounts()
    with psycopg.connect(owner.at(connections["default"].settings_dict["NAME"]), autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement)


def test_two_runs_at_once_pay_once(owed, meet):
    answers = pay_together()

    assert paid() == OWED
    assert sum(isinstance(answer, operations.RunInProgress) for answer in answers) == 1


def test_two_runs_without_the_run_lock_still_pay_once_by_the_row_locks(owed, meet, monkeypatch):
    monkeypatch.setattr(drafting, "try_advisory_lock", lambda name: True)

    answers = pay_together()

    assert paid() == OWED
    assert None in answers


def test_two_runs_without_any_lock_still_pay_once_as_a_period_is_paid_once(owed, meet, many_references, monkeypatch):
    monkeypatch.setattr(drafting, "try_advisory_lock", lambda name: True)
    monkeypatch.setattr(drafting, "_snapshot", lambda cycle: owing.legs(owing.open_lines()))

    answers = pay_together()

    assert paid() == OWED
    assert sum(isinstance(answer, operations.PaidMeanwhile) for answer in answers) == 1


def test_without_that_they_still_pay_once_as_a_leg_is_covered_once(owed, meet, many_references, monkeypatch):
    unguard("DROP INDEX payout_once_per_period")
    monkeypatch.setattr(drafting, "try_advisory_lock", lambda name: True)
    monkeypatch.setattr(drafting, "_snapshot", lambda cycle: owing.legs(owing.open_lines()))

    answers = pay_together()

    assert paid() == OWED
    assert sum(isinstance(answer, operations.PaidMeanwhile) for answer in answers) == 1


def test_twin_two_runs_without_any_guard_pay_twice(owed, meet, many_references, monkeypatch):
    monkeypatch.setattr(drafting, "try_advisory_lock", lambda name: True)
    monkeypatch.setattr(drafting, "_snapshot", lambda cycle: owing.legs(owing.open_lines()))
    unguard(
        "ALTER TABLE payouts_payoutline DROP CONSTRAINT payouts_payoutline_ledger_line_id_key",
        "DROP INDEX payout_once_per_period",
    )

    pay_together()

    assert paid() == 2 * OWED


def freeze_between(monkeypatch, order):
    """Let a dispute open once a run has its snapshot; the run goes on after half a second, whatever happened."""
    began, opened = threading.Event(), threading.Event()
    draw_up = drafting._draw_up

    def wait(*args):
        began.set()
        opened.wait(timeout=0.5)
        return draw_up(*args)

    def freeze():
        began.wait(timeout=10)
        operations.freeze(order_id=order.pk, dispute_id=1, now=timezone.now())
        answer = Payout.objects.count()
        opened.set()
        return answer

    monkeypatch.setattr(drafting, "_draw_up", wait)
    parts = (lambda: draft(NOW), freeze)
    return run_together(lambda number: parts[number](), workers=2)


def test_a_dispute_that_opens_during_a_run_waits_for_what_it_pays(owed, monkeypatch):
    _run, payouts_when_frozen = freeze_between(monkeypatch, owed)

    assert (payouts_when_frozen, Freeze.objects.count()) == (1, 1)


def test_twin_without_the_lock_a_run_pays_what_is_frozen_by_then(owed, monkeypatch):
    monkeypatch.setattr(drafting, "_snapshot", lambda cycle: owing.legs(owing.open_lines()))

    _run, payouts_when_frozen = freeze_between(monkeypatch, owed)

    assert (payouts_when_frozen, paid()) == (0, OWED)
