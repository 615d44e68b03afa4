"""Parcels opened and handed over by several at once."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.orders import operations as orders
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import Order
from fulfilment.orders.operations import life
from fulfilment.warehouse import operations, parcels
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def without_locks(monkeypatch):
    unlock(monkeypatch, operations, parcels, life, meet=2)


def open_one(order: Order) -> list[Consignment]:
    return operations.open_consignments(order_id=order.pk, now=timezone.now())


@pytest.fixture
def held():
    """A record of 10, with 3 promised to each of two orders."""
    record = make_stockrecord(in_stock=10)
    return record, make_held_order((record, 3)), make_held_order((record, 3))


def test_two_workers_open_the_parcels_of_an_order_once(held):
    _, order, _ = held

    opened = run_together(lambda: open_one(order), workers=4)

    assert len({consignment.pk for found in opened for consignment in found}) == 1
    assert order.events.filter(kind="preparing").count() == 1


def test_twin_without_the_locks_the_database_refuses_the_second(held, monkeypatch):
    _, order, _ = held
    without_locks(monkeypatch)

    opened = run_together(lambda: open_one(order), workers=4, expected=(IntegrityError, orders.ImpossibleMove))

    assert [answer for answer in opened if isinstance(answer, IntegrityError)]
    assert order.consignments.count() == 1


def packed(order: Order) -> Consignment:
    with transaction.atomic():
        return move_to(open_one(order)[0], "PACKED")


def hand_over_together(consignment: Consignment) -> None:
    run_together(
        lambda: operations.hand_over(consignment_id=consignment.pk, by=None, now=timezone.now()),
        workers=2,
        expected=orders.ImpossibleMove,
    )


def test_two_people_handing_over_a_parcel_take_its_goods_off_the_shelf_once(held):
    record, order, _ = held
    consignment = packed(order)

    hand_over_together(consignment)

    record.refresh_from_db()
    assert (record.num_in_stock, record.num_allocated) == (7, 3)
    assert order.events.filter(kind="consignment_handed_over").count() == 1


def test_twin_without_the_locks_it_is_handed_over_twice(held, monkeypatch):
    _record, order, _ = held
    consignment = packed(order)
    without_locks(monkeypatch)
    monkeypatch.setattr(allocating, "hold_still", lambda lines: None)  # the lots' own locks keep the harm away too,
    monkeypatch.setattr(operations, "_check_complete", lambda *parcel: None)  # and so does counting what is kept

    hand_over_together(consignment)

    assert order.events.filter(kind="consignment_handed_over").count() == 2


def test_cancelling_while_packing_ends_in_one_of_the_two(held):
    record, order, _ = held
    with transaction.atomic():
        consignment = move_to(open_one(order)[0], "PICKED")

    def act(number):
        if number:
            orders.cancel(order_id=order.pk, now=timezone.now())
        else:
            operations.pack(consignment_id=consignment.pk, by=None, now=timezone.now())

    run_together(act, workers=2, expected=(orders.TooLateToCancel, operations.ImpossibleMove))

    order.refresh_from_db()
    consignment.refresh_from_db()
    record.refresh_from_db()
    assert (order.status, consignment.state, record.num_allocated) in [
        ("CANCELLED", "CANCELLED", 3),
        ("PREPARING", "PACKED", 6),
    ]
