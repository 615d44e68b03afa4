"""A recall that meets another, a hand-over or a sale; two people who inspect the same parcel. Each with its twin."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.lots.models import Lot, LotStock
from catalogue.lots.operations import SoldOut, holding
from catalogue.people.models import User
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting import operations as inspecting
from fulfilment.orders.models import Line
from fulfilment.recalls import operations, queries
from fulfilment.recalls.models import Recall
from fulfilment.warehouse import operations as warehouse
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.returns import bring_back, inspect_all
from tests.factories.sales import make_order
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = 1.5
"""Seconds that one waits for the other; it never comes where a lock holds it."""


@pytest.fixture
def person():
    return User.objects.create_user(phone="+212600000001")


@pytest.fixture
def oil():
    """Ten pieces of one lot."""
    record = make_stockrecord(in_stock=0)
    make_lot(record, 10, number="OIL")
    return record


def call_back(person):
    return operations.open_recall(
        lot_ids=[Lot.objects.get(number="OIL").pk],
        danger="germs",
        source="fault",
        words={},
        key=uuid4(),
        by=person,
        now=timezone.now(),
    )


def call_back_twice(person):
    answers = run_together(lambda: call_back(person), workers=2, expected=(operations.AlreadyRecalled, IntegrityError))
    return [type(answer) for answer in answers if isinstance(answer, Exception)]


def test_two_people_who_call_a_lot_back_make_one_recall(oil, person):
    assert call_back_twice(person) == [operations.AlreadyRecalled]
    assert Recall.objects.count() == 1


def test_twin_without_the_locks_the_database_refuses_the_second_recall(oil, person, monkeypatch):
    read, both = queries.open_recalls_of, threading.Barrier(2)

    def read_together(lots):
        found = read(lots)
        both.wait(timeout=30)
        return found

    monkeypatch.setattr(queries, "open_recalls_of", read_together)
    monkeypatch.setattr(operations, "_hold_still", lambda named: None)

    assert call_back_twice(person) == [IntegrityError]
    assert Recall.objects.count() == 1


def hand_over_meanwhile(parcel, person, monkeypatch):
    """Call the lot back once a hand-over has looked at it for the last time, and say where its parcel is then."""
    looked, called_back = threading.Event(), threading.Event()
    send, seen = allocating.send, []

    def send_late(*args, **kwargs):
        looked.set()
        called_back.wait(timeout=MOMENT)
        send(*args, **kwargs)

    monkeypatch.setattr(allocating, "send", send_late)

    def act(number):
        if not number:
            return warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())
        looked.wait(timeout=30)
        recall = call_back(person)
        seen.append(queries.reach_of(recall).parcels["under_way"])
        called_back.set()
        return recall

    run_together(act, workers=2)
    return seen[0], Allocation.objects.get().state


def test_what_leaves_while_it_is_called_back_left_before(oil, person, monkeypatch):
    parcel = move_to(open_parcels(make_held_order((oil, 3)))[0], "PACKED")

    assert hand_over_meanwhile(parcel, person, monkeypatch) == (1, "LEFT")


def test_twin_without_the_lock_a_recalled_piece_leaves_afterwards(oil, person, monkeypatch):
    parcel = move_to(open_parcels(make_held_order((oil, 3)))[0], "PACKED")
    monkeypatch.setattr(allocating, "hold_still", lambda lines: None)

    assert hand_over_meanwhile(parcel, person, monkeypatch) == (0, "LEFT")


def test_what_was_called_back_after_the_first_look_does_not_leave(oil, person, monkeypatch):
    parcel = move_to(open_parcels(make_held_order((oil, 3)))[0], "PACKED")
    hold_still = allocating.hold_still

    def call_back_first(lines):
        run_together(lambda: call_back(person), workers=1)
        hold_still(lines)

    monkeypatch.setattr(allocating, "hold_still", call_back_first)

    with pytest.raises(warehouse.NotToBeSent):
        warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())
    parcel.refresh_from_db()
    assert (parcel.state, Allocation.objects.get().state) == ("PACKED", "HELD")


def sell_meanwhile(oil, person, *, meet=lambda: None, after=lambda: None):
    """Keep three pieces for an order while their lot is called back; return those that nobody will replace."""
    order = make_order((oil, 3))

    def act(number):
        if number:
            meet()
            call_back(person)
            after()
            return
        with transaction.atomic():
            allocating.hold_again(order, Line.objects.filter(order=order), timezone.now())

    run_together(act, workers=2, expected=SoldOut)
    seen_to = Job.objects.filter(task="fulfilment.warehouse.replace_withdrawn").values_list("payload", flat=True)
    held = Allocation.objects.filter(state="HELD", stock__lot__state="RECALLED")
    return held.exclude(line__order__in=[payload["order_id"] for payload in seen_to]).count()


def test_what_is_sold_while_it_is_called_back_is_replaced_or_not_sold(oil, person):
    assert sell_meanwhile(oil, person) == 0


def test_twin_without_the_locks_a_recalled_piece_is_sold_and_nobody_sees_to_it(oil, person, monkeypatch):
    read, called_back = threading.Event(), threading.Event()

    def read_only(rows):
        found = list(rows.select_related("lot__stockrecord__product", "place").order_by("pk"))
        read.set()
        called_back.wait(timeout=30)
        return found

    monkeypatch.setattr(holding, "locked", read_only)

    left = sell_meanwhile(oil, person, meet=lambda: read.wait(timeout=30), after=called_back.set)
    assert left == 1


def inspect_together(parcel):
    answers = run_together(
        lambda: inspect_all(parcel.reference), workers=2, expected=(inspecting.NothingWaits, IntegrityError)
    )
    refused = [type(answer) for answer in answers if isinstance(answer, Exception)]
    return refused, LotStock.objects.get().on_hand


def test_two_people_who_inspect_a_parcel_put_its_goods_back_once(oil):
    assert inspect_together(bring_back((oil, 3))) == ([inspecting.NothingWaits], 10)


def test_twin_without_the_locks_the_database_refuses_the_second_inspection(oil, monkeypatch):
    unlock(monkeypatch, inspecting, meet=2)

    assert inspect_together(bring_back((oil, 3))) == ([IntegrityError], 10)
