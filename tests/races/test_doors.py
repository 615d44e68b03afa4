"""Two phones that report the same door, and one phone whose report arrives twice at once."""

import uuid

import pytest
from django.db import IntegrityError

from fulfilment.payments.models import CashCollected
from fulfilment.rounds import operations
from fulfilment.rounds.models import DoorReport
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse import parcels
from tests.factories.drivers import make_courier, make_driver, say
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door(run_jobs):
    """A parcel in cash at its door, and two drivers of its courier."""
    courier = make_courier()
    open_deliveries()
    order = place_order((stock("120.00"), 1))
    run_jobs()
    parcel = move_to(order.consignments.get(), "HANDED_OVER")
    return parcel, [make_driver(courier), make_driver(courier)]


def report_together(door, outcomes):
    parcel, drivers = door
    return run_together(
        lambda number: say(drivers[number], parcel, outcomes[number], cash_mad=155), workers=2, expected=IntegrityError
    )


def test_two_phones_that_deliver_the_same_parcel_deliver_it_once(door):
    report_together(door, ["delivered", "delivered"])

    assert sorted(DoorReport.objects.values_list("problem", flat=True)) == ["", "same"]
    assert (CashCollected.objects.count(), door[0].delivery_attempts.count()) == (1, 1)


def test_of_two_phones_that_disagree_one_is_kept_for_a_person(door):
    report_together(door, ["delivered", "refused"])

    assert sorted(DoorReport.objects.values_list("problem", flat=True)) == ["", "otherwise"]
    assert door[0].delivery_attempts.count() == 1


def test_twin_without_the_locks_a_phone_s_report_is_lost(door, monkeypatch):
    unlock(monkeypatch, operations, warehouse, parcels, meet=2)

    answers = report_together(door, ["delivered", "refused"])

    assert [type(answer) for answer in answers].count(IntegrityError) == 1
    assert DoorReport.objects.count() == 1


def test_a_report_that_arrives_twice_at_once_is_one(door):
    parcel, (driver, _other) = door
    key = uuid.uuid4()

    first, again = run_together(lambda: say(driver, parcel, "absent", key=key), workers=2)

    assert (first, DoorReport.objects.count(), parcel.delivery_attempts.count()) == (again, 1, 1)


def test_twin_without_the_lock_the_second_is_refused_by_the_database(door, monkeypatch):
    unlock(monkeypatch, operations, warehouse, parcels, meet=2)
    parcel, (driver, _other) = door
    key = uuid.uuid4()

    answers = run_together(lambda: say(driver, parcel, "absent", key=key), workers=2, expected=IntegrityError)

    assert [type(answer) for answer in answers].count(IntegrityError) == 1
