from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.cooperatives.models import StockCount
from catalogue.lots import operations
from catalogue.people.models import User
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot, make_place, set_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return User.objects.create_user(phone="+212600000001")


def count(record, counted, clerk, key=None):
    return operations.record_count(
        stockrecord_id=record.pk, counted=counted, key=key or uuid4(), counted_by=clerk, now=timezone.now()
    )


def test_record_count_sets_the_stock_and_remembers_what_was_there(clerk):
    record = make_stockrecord(in_stock=10, promised=3)

    made = count(record, 7, clerk)

    record.refresh_from_db()
    assert (record.num_in_stock, record.num_allocated) == (7, 3)
    assert (made.before, made.counted, made.counted_by) == (10, 7, clerk)


def test_record_count_refuses_fewer_than_promised(clerk):
    record = make_stockrecord(in_stock=10, promised=3)

    with pytest.raises(operations.BelowPromised) as refused:
        count(record, 2, clerk)

    record.refresh_from_db()
    assert (refused.value.promised, record.num_in_stock, StockCount.objects.count()) == (3, 10, 0)


def test_record_count_may_be_exactly_what_is_promised(clerk):
    record = make_stockrecord(in_stock=10, promised=3)

    count(record, 3, clerk)

    record.refresh_from_db()
    assert record.on_offer == 0


def test_record_count_with_the_same_key_changes_nothing_even_after_a_sale(clerk):
    record, key = make_stockrecord(in_stock=10), uuid4()
    count(record, 8, clerk, key)
    set_stock(record, 6)

    count(record, 8, clerk, key)

    record.refresh_from_db()
    assert (record.num_in_stock, StockCount.objects.count()) == (6, 1)


@pytest.mark.parametrize("change", [lambda rows: rows.update(counted=99), lambda rows: rows.delete()])
def test_a_count_that_was_made_stays(clerk, change):
    made = count(make_stockrecord(), 8, clerk)

    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        change(StockCount.objects.filter(pk=made.pk))


def test_what_is_missing_is_gone_from_the_lot_that_ages_first_and_what_is_more_joins_the_youngest(clerk):
    record = make_stockrecord(in_stock=0)
    old = make_lot(record, 5, best_before=date(2027, 1, 1))
    young = make_lot(record, 5, best_before=date(2027, 6, 1))

    count(record, 4, clerk)
    old.refresh_from_db()
    young.refresh_from_db()
    after_fewer = (old.on_hand, young.on_hand)
    count(record, 6, clerk)
    young.refresh_from_db()

    assert (after_fewer, young.on_hand) == ((0, 4), 6)


def test_a_count_leaves_what_lies_at_the_hub_alone(clerk):
    record = make_stockrecord(in_stock=3)
    hub = make_lot(record, 8, place=make_place())

    count(record, 2, clerk)

    record.refresh_from_db()
    hub.refresh_from_db()
    assert (record.num_in_stock, hub.on_hand) == (10, 8)


def test_what_nobody_had_announced_becomes_a_lot_of_today(clerk):
    record = make_stockrecord(in_stock=0, product=make_product(shelf_life_days=90))

    count(record, 5, clerk)

    record.refresh_from_db()
    lot = record.lots.get()
    assert (record.num_in_stock, lot.state, lot.produced_on, lot.best_before) == (
        5,
        "RELEASED",
        date(2026, 11, 20),
        date(2027, 2, 18),
    )
