from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.cooperatives import operations
from catalogue.cooperatives.models import StockCount
from catalogue.people.models import User
from tests.factories.catalogue import make_stockrecord

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
    type(record).objects.filter(pk=record.pk).update(num_in_stock=6)

    count(record, 8, clerk, key)

    record.refresh_from_db()
    assert (record.num_in_stock, StockCount.objects.count()) == (6, 1)


@pytest.mark.parametrize("change", [lambda rows: rows.update(counted=99), lambda rows: rows.delete()])
def test_a_count_that_was_made_stays(clerk, change):
    made = count(make_stockrecord(), 8, clerk)

    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        change(StockCount.objects.filter(pk=made.pk))
