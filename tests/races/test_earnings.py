"""One payable for each delivered line, however many workers record it."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.payouts import operations
from fulfilment.payouts.models import Payable
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def delivered():
    with transaction.atomic():
        return move_to(open_parcels(make_held_order((make_stockrecord(), 2)))[0], "DELIVERED")


def record(consignment):
    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


def test_several_workers_record_a_delivery_once(delivered):
    run_together(lambda: record(delivered), workers=4)

    assert Payable.objects.count() == 1


def test_twin_that_insists_on_writing_is_refused_by_the_database(delivered, monkeypatch):
    create = Payable.objects.bulk_create
    monkeypatch.setattr(Payable.objects, "bulk_create", lambda rows, **options: create(rows))

    answers = run_together(lambda: record(delivered), workers=4, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 3
    assert Payable.objects.count() == 1
