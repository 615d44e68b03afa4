"""Two payout runs at once pay once; without the lock and the guard on the rows they pay twice."""

import contextlib
import itertools
import threading
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from fulfilment.payouts import operations, policies
from fulfilment.payouts.models import Payable, Payout
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
OWED = Decimal("160.00")


@pytest.fixture
def owed():
    with transaction.atomic():
        consignment = open_parcels(make_held_order((make_stockrecord(farm_gate="80.00"), 2)))[0]
        move_to(consignment, "DELIVERED")
    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


@pytest.fixture
def meet(monkeypatch):
    """Hold each run between its snapshot and its payments until both have one, or half a second."""
    barrier = threading.Barrier(2)
    pay = operations._pay

    def wait(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=0.5)
        pay(*args)

    monkeypatch.setattr(operations, "_pay", wait)


def pay_together():
    return run_together(
        lambda: operations.run_payouts(now=timezone.now()),
        workers=2,
        expected=(operations.RunInProgress, operations.PaidMeanwhile),
    )


def paid() -> Decimal:
    return Payout.objects.aggregate(paid=Sum("amount_mad"))["paid"]


def test_two_runs_at_once_pay_once(owed, meet):
    answers = pay_together()

    assert paid() == OWED
    assert sum(isinstance(answer, operations.RunInProgress) for answer in answers) == 1


def test_two_runs_without_the_run_lock_still_pay_once_by_the_row_locks(owed, meet, monkeypatch):
    monkeypatch.setattr(operations, "try_advisory_lock", lambda name: True)

    pay_together()

    assert paid() == OWED


def test_twin_two_runs_without_any_guard_pay_twice(owed, meet, monkeypatch):
    def snapshot_without_locks(now):
        rows = Payable.objects.filter(state="PAYABLE").values_list("pk", "cooperative_id", "amount_mad")
        return [policies.Owed(*row) for row in rows]

    def settle_without_guard(payout, payable_ids):
        Payable.objects.filter(pk__in=payable_ids).update(state="SETTLED", payout=payout)

    references = itertools.count(1)
    monkeypatch.setattr(operations, "try_advisory_lock", lambda name: True)
    monkeypatch.setattr(operations, "_snapshot", snapshot_without_locks)
    monkeypatch.setattr(operations, "_settle", settle_without_guard)
    monkeypatch.setattr(operations, "_reference", lambda now: f"PAY-{next(references)}")

    pay_together()

    assert paid() == 2 * OWED
