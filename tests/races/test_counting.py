"""Counting a shelf while others count or sell from it. Each race has a twin without the lock."""

import threading
from datetime import date
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.cooperatives.models import StockCount, StockRecord
from catalogue.lots import operations
from catalogue.lots.operations import counting
from catalogue.people.models import User
from tests.factories.catalogue import make_stockrecord
from tests.support.races import run_together

MEETING = threading.Barrier(8)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk():
    return User.objects.create_user(phone="+212600000001")


def count(record, counted, clerk, key):
    return operations.record_count(
        stockrecord_id=record.pk, counted=counted, key=key, counted_by=clerk, now=timezone.now()
    )


def without_a_lock(model, ids):
    MEETING.wait(timeout=30)
    return {row.pk: row for row in model._default_manager.filter(pk__in=ids)}


def test_one_form_sent_eight_times_at_once_is_one_count(clerk):
    record, key = make_stockrecord(in_stock=10), uuid4()

    made = run_together(lambda: count(record, 7, clerk, key), workers=8)

    assert len({row.pk for row in made}) == 1
    assert StockCount.objects.count() == 1


def test_without_the_lock_the_same_form_fails_for_some(clerk):
    record, key = make_stockrecord(in_stock=10), uuid4()

    with patch.object(counting, "lock_ids", without_a_lock):
        made = run_together(lambda: count(record, 7, clerk, key), workers=8, expected=IntegrityError)

    assert any(isinstance(answer, IntegrityError) for answer in made)


def sell_and_count(record, clerk):
    """Let one buyer be promised seven while the clerk counts three on a shelf of ten."""

    def act(number):
        if number:
            return count(record, 3, clerk, uuid4())
        with transaction.atomic():
            return operations.allocate({record.pk: 7}, day=date(2026, 11, 20))

    return run_together(act, workers=2, expected=(operations.BelowPromised, operations.SoldOut))


def test_a_sale_and_a_lower_count_at_once_never_promise_more_than_there_is(clerk):
    record = make_stockrecord(in_stock=10)

    answers = sell_and_count(record, clerk)

    record = StockRecord.objects.get(pk=record.pk)
    refused = [type(answer) for answer in answers if isinstance(answer, Exception)]
    assert refused in ([operations.BelowPromised], [operations.SoldOut])
    assert (record.num_in_stock, record.num_allocated) in {(10, 7), (3, 0)}
