"""Two who propose or decide on bank accounts at once. Each race has a twin without the lock."""

import threading
from contextlib import suppress

import pytest
from django.db import DatabaseError
from django.utils import timezone

from catalogue.banking import operations, queries
from catalogue.banking.models import AccountEvent, BankAccount
from catalogue.banking.operations import deciding, proposing, steps
from tests.factories.banking import make_rib, propose_account
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def meet(monkeypatch, module, name):
    """Hold each before this step until both have come to it, or three seconds."""
    barrier, step = threading.Barrier(2), getattr(module, name)

    def wait(*args):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=3)
        return step(*args)

    monkeypatch.setattr(module, name, wait)


def approve_together(monkeypatch):
    account = propose_account(make_cooperative(), now=timezone.now())
    people = [make_staff("finance"), make_staff("director")]
    meet(monkeypatch, deciding, "check_other")
    return run_together(
        lambda number: operations.approve(
            account_id=account.pk, rib=account.rib, by=people[number], now=timezone.now()
        ),
        workers=2,
        expected=(operations.NotProposed, DatabaseError),
    )


def test_of_two_who_approve_at_once_one_is_told_that_it_is_decided(monkeypatch):
    answers = approve_together(monkeypatch)

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [operations.NotProposed]
    assert AccountEvent.objects.filter(kind="approved").count() == 1


def test_twin_without_the_lock_only_the_database_stops_the_second_approval(monkeypatch):
    unlock(monkeypatch, proposing, steps)

    answers = approve_together(monkeypatch)

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], DatabaseError)


def propose_twice(monkeypatch):
    cooperative = make_cooperative()
    meet(monkeypatch, queries, "standing")
    return run_together(
        lambda number: propose_account(cooperative, rib=make_rib(70 + number), now=timezone.now()),
        workers=2,
        expected=(operations.AlreadyProposed, DatabaseError),
    )


def test_of_two_proposals_at_once_one_is_told_of_the_other(monkeypatch):
    answers = propose_twice(monkeypatch)

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [operations.AlreadyProposed]
    assert BankAccount.objects.filter(state="PROPOSED").count() == 1


def test_twin_without_the_lock_only_the_database_stops_the_second_proposal(monkeypatch):
    unlock(monkeypatch, proposing, steps)

    answers = propose_twice(monkeypatch)

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], DatabaseError)


def propose_one_number_for_two(monkeypatch):
    cooperatives = [make_cooperative(), make_cooperative()]
    meet(monkeypatch, queries, "standing")
    return run_together(
        lambda number: propose_account(cooperatives[number], rib=make_rib(70), now=timezone.now()),
        workers=2,
        expected=operations.UsedElsewhere,
    )


def test_one_number_proposed_for_two_cooperatives_at_once_is_proposed_for_one(monkeypatch):
    answers = propose_one_number_for_two(monkeypatch)

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [operations.UsedElsewhere]


def test_twin_without_the_lock_both_find_the_number_free(monkeypatch):
    monkeypatch.setattr(proposing, "advisory_lock", lambda name: None)

    answers = propose_one_number_for_two(monkeypatch)

    assert BankAccount.objects.filter(rib=answers[0].rib, state="PROPOSED").count() == 2
