"""Two who record or decide a rate at once. Each race has a twin without the lock."""

import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from catalogue.kernel import locks
from catalogue.pricing import operations, queries
from catalogue.pricing.models import ExchangeRate
from tests.factories.people import make_staff
from tests.factories.rates import FRIDAY, make_rate
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
State = ExchangeRate.State


@pytest.fixture
def meet(monkeypatch):
    """Hold each recorder after it has looked until both have, or half a second."""
    barrier = threading.Barrier(2)
    look = queries.rate_beside

    def look_and_wait(currency, day):
        found = look(currency, day)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=3)
        return found

    monkeypatch.setattr(queries, "rate_beside", look_and_wait)


def record_two_values():
    make_rate("10.80", day=FRIDAY - timedelta(days=1))
    return run_together(
        lambda number: operations.record_rate(
            currency="EUR", day=FRIDAY, mad_per_unit=Decimal(f"10.8{number}"), source="tests", now=timezone.now()
        ),
        workers=2,
        expected=IntegrityError,
    )


def test_of_two_values_for_a_day_recorded_at_once_one_is_accepted_and_one_waits(meet):
    answers = record_two_values()

    assert sorted(answer.rate.state for answer in answers) == [State.ACCEPTED, State.WAITING]


def test_twin_without_the_lock_both_believe_they_are_the_first(meet, monkeypatch):
    monkeypatch.setattr(locks, "advisory_lock", lambda name: None)

    answers = record_two_values()

    assert any(isinstance(answer, IntegrityError) for answer in answers)


def decide_together(monkeypatch):
    """Let one person accept a rate and another refuse it; each looks before the other writes, if nothing stops them."""
    barrier = threading.Barrier(2)
    decide = operations.rates._decide

    def wait_and_decide(*args):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=3)
        return decide(*args)

    monkeypatch.setattr(operations.rates, "_decide", wait_and_decide)
    rate = make_rate("11.80", state=State.WAITING)
    people = [make_staff("director"), make_staff("finance")]

    def act(number):
        if number:
            return operations.refuse_rate(rate=rate, refused_by=people[1], note="no", now=timezone.now())
        return operations.accept_rate(rate=rate, accepted_by=people[0], note="yes", now=timezone.now())

    return run_together(act, workers=2, expected=(operations.RateNotWaiting, DatabaseError))


def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(monkeypatch):
    answers = decide_together(monkeypatch)

    refusals = [answer for answer in answers if isinstance(answer, operations.RateNotWaiting)]
    assert (len(refusals), ExchangeRate.objects.get().state) == (1, refusals[0].rate.state)


def test_twin_without_the_lock_only_the_database_stops_the_second(monkeypatch):
    monkeypatch.setattr(locks, "advisory_lock", lambda name: None)

    answers = decide_together(monkeypatch)

    assert not any(isinstance(answer, operations.RateNotWaiting) for answer in answers)
    assert any(isinstance(answer, Exception) for answer in answers)
