"""Promises on stock."""

import pytest
from django.db import transaction

from catalogue.cooperatives import operations
from tests.factories.catalogue import make_stockrecord

pytestmark = pytest.mark.django_db


def test_hold_promises_each_record_its_quantity():
    honey, dates = make_stockrecord(in_stock=10), make_stockrecord(in_stock=5, promised=1)

    with transaction.atomic():
        operations.hold({honey.pk: 3, dates.pk: 4})

    honey.refresh_from_db()
    dates.refresh_from_db()
    assert (honey.num_allocated, dates.num_allocated) == (3, 5)


def test_hold_says_what_is_left_and_promises_nothing_when_one_is_short():
    honey, dates = make_stockrecord(in_stock=10), make_stockrecord(in_stock=5, promised=4)

    with pytest.raises(operations.SoldOut) as short, transaction.atomic():
        operations.hold({honey.pk: 3, dates.pk: 2})

    honey.refresh_from_db()
    assert (short.value.left, honey.num_allocated) == ({dates.pk: 1}, 0)


def test_release_puts_goods_back_on_offer():
    honey = make_stockrecord(in_stock=10, promised=4)

    with transaction.atomic():
        operations.release({honey.pk: 3})

    honey.refresh_from_db()
    assert (honey.num_in_stock, honey.num_allocated) == (10, 1)


def test_consume_takes_goods_off_the_shelf_with_their_promise():
    honey = make_stockrecord(in_stock=10, promised=4)

    with transaction.atomic():
        operations.consume({honey.pk: 3})

    honey.refresh_from_db()
    assert (honey.num_in_stock, honey.num_allocated) == (7, 1)


def test_release_refuses_more_than_is_promised():
    honey = make_stockrecord(in_stock=10, promised=2)

    with pytest.raises(operations.NotHeld), transaction.atomic():
        operations.release({honey.pk: 3})
