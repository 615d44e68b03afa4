"""A dispute or a block while a run is sent comes before, and the run stops; or it waits, and comes after."""

import threading

import pytest
from django.db import transaction
from django.utils import timezone

from catalogue.banking import operations as banking
from catalogue.banking.models import BankAccount
from fulfilment.payouts import operations
from fulfilment.payouts.models import Freeze, Payout, PayoutRun
from fulfilment.payouts.operations import exporting
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import approve, deliver, draft, submitter
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approved():
    with transaction.atomic():
        order = deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    run = approve(draft())
    submitter()
    return run, order


def freeze(order):
    operations.freeze(order_id=order.pk, dispute_id=1, now=timezone.now())


def block(order):
    account = BankAccount.objects.get(payouts__cooperative__order_lines__order=order)
    banking.block_account(account_id=account.pk, reason="stolen", now=timezone.now())


def export_while(happens, approved, monkeypatch) -> str:
    """Let something happen once a run was looked at and before it is sent; say how the run stood when it had."""
    run, order = approved
    looked, happened = threading.Event(), threading.Event()
    refuse_held = exporting.refuse_held

    def look(*args):
        refuse_held(*args)
        looked.set()
        happened.wait(timeout=1)

    def other():
        looked.wait(timeout=30)
        happens(order)
        happened.set()
        return PayoutRun.objects.get().state

    monkeypatch.setattr(exporting, "refuse_held", look)
    parts = (lambda: operations.export(run_id=run.pk, by=submitter(), now=run.run_at), other)
    return run_together(lambda number: parts[number](), workers=2)[1]


@pytest.mark.parametrize("happens", [freeze, block])
def test_what_comes_while_a_run_is_sent_waits_for_it(approved, monkeypatch, happens):
    state = export_while(happens, approved, monkeypatch)

    assert (state, Payout.objects.get().state) == ("EXPORTED", "EXPORTED")


@pytest.mark.parametrize("happens", [freeze, block])
def test_twin_without_the_locks_a_run_is_sent_with_what_is_held_by_then(approved, monkeypatch, happens):
    monkeypatch.setattr(exporting, "_hold", lambda run: None)

    state = export_while(happens, approved, monkeypatch)

    assert (state, Payout.objects.get().state) == ("APPROVED", "EXPORTED")
    assert Freeze.objects.exists() or BankAccount.objects.filter(state="BLOCKED").exists()
