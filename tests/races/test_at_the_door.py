"""The same visit written down by two people, and a yes that meets the sweep."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from fulfilment.orders.confirming import operations as confirming
from fulfilment.orders.inspecting.queries import come_with
from fulfilment.orders.models import Confirmation, Order
from fulfilment.orders.operations import life
from fulfilment.warehouse import operations, parcels
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def without_locks(monkeypatch):
    unlock(monkeypatch, operations, parcels, confirming, life, meet=2)


@pytest.fixture
def parcel():
    return move_to(open_parcels(make_held_order((make_stockrecord(in_stock=10), 3)))[0], "HANDED_OVER")


def miss_together(parcel):
    return run_together(
        lambda: operations.miss(consignment_id=parcel.pk, number=1, reason="no_answer", by=None, now=timezone.now()),
        workers=2,
        expected=IntegrityError,
    )


def test_two_people_who_write_the_same_visit_count_it_once(parcel):
    answers = miss_together(parcel)

    assert not [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert parcel.delivery_attempts.count() == 1


def test_twin_without_the_locks_the_database_refuses_the_second_visit(parcel, monkeypatch):
    without_locks(monkeypatch)

    answers = miss_together(parcel)

    assert len([answer for answer in answers if isinstance(answer, IntegrityError)]) == 1


def take_back_together(parcel):
    operations.refuse(consignment_id=parcel.pk, reason="no_money", by=None, now=timezone.now())
    run_together(lambda: operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now()), workers=2)
    return [row.quantity for row in come_with(parcel.reference)]


def test_two_people_who_take_a_parcel_back_have_its_goods_inspected_once(parcel):
    assert take_back_together(parcel) == [3]


@pytest.fixture
def waiting():
    order = make_held_order(status="PENDING_CONFIRMATION")
    now = timezone.now()
    Confirmation.objects.create(
        order=order,
        why="all",
        by_link=True,
        asked_at=now,
        remind_at=now,
        call_from=now,
        ends_at=now + timedelta(minutes=1),
    )
    return order


def confirm_while_giving_up(order):
    now = timezone.now()

    def act(number):
        if number:
            confirming.give_up(order_id=order.pk, now=now)
        else:
            confirming.confirm_by_link(order_id=order.pk, now=now)

    run_together(act, workers=2, expected=confirming.NotWaiting)
    kinds = set(order.events.values_list("kind", flat=True)) & {"confirmed", "cancelled"}
    return Order.objects.values_list("status", flat=True).get(pk=order.pk), kinds


def test_a_yes_that_meets_the_sweep_ends_in_one_of_the_two(waiting):
    assert confirm_while_giving_up(waiting) in [("CONFIRMED", {"confirmed"}), ("CANCELLED", {"cancelled"})]


def test_twin_without_the_locks_the_order_is_confirmed_and_cancelled(waiting, monkeypatch):
    without_locks(monkeypatch)

    assert confirm_while_giving_up(waiting)[1] == {"confirmed", "cancelled"}
