"""An order's moves."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.lots.models import LotStock
from fulfilment.orders import operations
from fulfilment.orders.links import key_fits, key_for, order_path, order_url
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to, open_parcels
from tests.factories.sales import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    open_deliveries()
    return place_order((stock(), 3))


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_cancel_puts_the_goods_back(order):
    operations.cancel(order_id=order.pk, now=timezone.now())
    operations.cancel(order_id=order.pk, now=timezone.now())

    order.refresh_from_db()
    assert (order.status, StockRecord.objects.get().num_allocated) == ("CANCELLED", 0)
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "confirmed", "cancelled"]
    assert broken() == []


def test_cancel_locks_parcels_before_stock(order):
    open_parcels(order)

    with CaptureQueriesContext(connection) as asked:
        operations.cancel(order_id=order.pk, now=timezone.now())

    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    tables = [re.search(r'FROM "(\w+)"', sql).group(1) for sql in locks]
    assert tables.index("warehouse_consignment") < tables.index("lots_lotstock")


def test_cancel_is_too_late_once_something_is_packed(order):
    parcel = open_parcels(order)[0]
    move_to(parcel, "PACKED")

    with pytest.raises(operations.TooLateToCancel):
        operations.cancel(order_id=order.pk, now=timezone.now())

    assert StockRecord.objects.get().num_allocated == 3


def test_a_delivered_order_leaves_nothing_promised(order):
    move_to(open_parcels(order)[0], "DELIVERED")

    order.refresh_from_db()
    record = StockRecord.objects.get()
    assert (order.status, record.num_in_stock, record.num_allocated) == ("DELIVERED", 7, 0)
    assert broken() == []


def test_an_impossible_move_is_refused(order):
    with pytest.raises(operations.ImpossibleMove):
        operations.advance(order_id=order.pk, status="DELIVERED", now=timezone.now())


def test_an_expired_order_cannot_be_paid(order):
    with pytest.raises(operations.ImpossibleMove):
        operations.mark_paid(order_id=order.pk, now=timezone.now())


def test_invariants_notice_a_promise_without_an_order(order):
    LotStock.objects.update(held=5)

    assert [name for name, _ in broken()] == ["orders: what is promised is what open orders wait for"]


def test_invariants_notice_a_total_that_does_not_add_up():
    make_order(total="1.00")

    assert "orders: the total is the lines and the delivery" in [name for name, _ in broken()]


def test_a_signed_link_opens_one_order_only(order, settings):
    settings.BASE_URL = "https://shop.example/"

    assert order_path(order) == f"/fr/orders/{order.number}/?k={key_for(order.number)}"
    assert order_url(order, "ar") == f"https://shop.example/ar/orders/{order.number}/?k={key_for(order.number)}"
    assert key_fits(order.number, key_for(order.number))
    assert not key_fits("ANOTHER222", key_for(order.number))
