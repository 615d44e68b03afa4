"""Two people at the office say at once who made a lot: the later one stands, whole."""

import threading

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.lots.models import LotShare
from catalogue.lots.operations import changing, share_lot
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.shares import make_union
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def say_twice():
    """Say that the first two made a lot and, at once, that the third did; return what each was answered."""
    one, two, three = make_union()
    lot = make_lot(make_stockrecord(cooperative=one, in_stock=0), 10).lot
    told = ({one.pk: 500, two.pk: 500}, {three.pk: 1000})
    return run_together(
        lambda number: share_lot(lot=lot, per_mille=told[number], by=None, now=timezone.now()),
        workers=2,
        expected=IntegrityError,
    )


def test_the_later_of_two_stands_whole():
    answers = say_twice()

    assert not any(isinstance(answer, IntegrityError) for answer in answers)
    assert sum(LotShare.objects.values_list("per_mille", flat=True)) == 1000


def test_without_the_lock_the_database_refuses_one_of_them(monkeypatch):
    monkeypatch.setattr(changing, "lock_ids", lambda *rows: None)
    unlock(monkeypatch, changing)
    both, create = threading.Barrier(2), LotShare.objects.bulk_create

    def create_together(rows):
        both.wait(timeout=30)  # what was said before is gone for both
        return create(rows)

    monkeypatch.setattr(LotShare.objects, "bulk_create", create_together)

    answers = say_twice()

    assert [isinstance(answer, IntegrityError) for answer in answers].count(True) == 1
    assert sum(LotShare.objects.values_list("per_mille", flat=True)) == 1000
