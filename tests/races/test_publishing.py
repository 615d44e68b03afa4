"""Two publishers at once make one list; without the lock one of them runs into the database's own rules."""

import contextlib
import threading

import pytest
from django.db import DatabaseError
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import locks
from catalogue.pricing import operations
from catalogue.pricing.models import PriceList
from catalogue.pricing.operations import lists
from tests.support.races import run_together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.catalogue_data]


@pytest.fixture(autouse=True)
def a_new_price():
    StockRecord.objects.filter(pk=StockRecord.objects.order_by("pk").first().pk).update(price=999)


@pytest.fixture(autouse=True)
def meet(monkeypatch):
    """Hold each publisher before it writes until both are there, or half a second."""
    barrier = threading.Barrier(2)
    publish = lists.follow

    def wait(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=0.5)
        return publish(*args, **kwargs)

    monkeypatch.setattr(lists, "follow", wait)


def publish_together():
    return run_together(lambda: operations.publish_opening_list(now=timezone.now()), workers=2, expected=DatabaseError)


def test_two_publishers_at_once_make_one_list():
    answers = publish_together()

    assert sum(answer is None for answer in answers) == 1, answers
    assert PriceList.objects.filter(ends_at=None).count() == 1
    assert PriceList.objects.count() == 3  # with the opening one and the one from the schedules


def test_twin_without_the_lock_one_publisher_fails(monkeypatch):
    monkeypatch.setattr(locks, "advisory_lock", lambda name: None)

    answers = publish_together()

    assert any(isinstance(answer, DatabaseError) for answer in answers)
