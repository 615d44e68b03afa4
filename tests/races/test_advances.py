"""Advances decided on at once, and while a run is drafted. Each race has a twin without its guard."""

import contextlib
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from fulfilment.ledger.models import Entry
from fulfilment.payouts import advances, operations
from fulfilment.payouts.models import Advance, Payout
from fulfilment.payouts.operations import advancing, drafting
from tests.factories.advances import ask, head
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import deliver, draft
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 12, 30, tzinfo=UTC)


@pytest.fixture
def asked():
    """Return an advance that waits, of a cooperative that is owed 160 dirhams."""
    oil = make_stockrecord(farm_gate="80.00")
    with transaction.atomic():
        deliver((oil, 2), method="card")
    return ask(oil.partner, "50.00")


@pytest.fixture
def by(asked):
    return head()


def approve_together(asked, by):
    at = timezone.now()
    return run_together(
        lambda: operations.approve_advance(advance_id=asked.pk, by=by, now=at),
        workers=2,
        expected=advancing.NotAsked,
    )


def test_of_two_who_approve_at_once_one_is_told_that_it_is_done(asked, by):
    answers = approve_together(asked, by)

    assert sorted(type(answer).__name__ for answer in answers) == ["Advance", "NotAsked"]
    assert Entry.objects.filter(source="advance").count() == 1


def test_without_the_locks_both_approve(asked, by, monkeypatch):
    both = threading.Barrier(2)

    def read_together(rows):
        found = list(rows)
        if rows.model is Advance:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(timeout=5)
        return found

    unlock(monkeypatch, advancing, read=read_together)

    answers = approve_together(asked, by)

    assert [type(answer).__name__ for answer in answers] == ["Advance", "Advance"]
    assert Entry.objects.filter(source="advance").count() == 1  # an event's name is taken once, whoever writes it


@pytest.fixture
def approved_meanwhile(asked, by, monkeypatch):
    """Let another person approve between what a run reads as owed and what it plans."""
    plan = drafting._plan

    def approve_then_plan(*args):
        run_together(lambda: operations.approve_advance(advance_id=asked.pk, by=by, now=timezone.now()), workers=1)
        return plan(*args)

    monkeypatch.setattr(drafting, "_plan", approve_then_plan)


def test_an_advance_approved_while_a_run_is_drafted_comes_with_the_next_and_is_not_taken_back(approved_meanwhile):
    run = draft(NOW)

    payout = run.payouts.get()
    assert (payout.amount_mad, payout.deducted_mad) == (Decimal("160.00"), 0)
    assert advances.running().get().left_mad == Decimal("50.00")
    assert not advances.paid_out().exists()


def test_without_asking_whether_it_was_paid_the_run_takes_back_what_nobody_got(approved_meanwhile, monkeypatch):
    monkeypatch.setattr(advances, "paid_out", advances.running)

    draft(NOW)

    assert Payout.objects.get().deducted_mad == Decimal("12.50")
