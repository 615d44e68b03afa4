"""Two presses of the button, or two workers: an approved draft becomes one list; its locks see to that."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import locks
from catalogue.pricing import operations
from catalogue.pricing.models import PriceList, PriceListDraft
from catalogue.pricing.operations import drafts
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.people import make_staff
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(monkeypatch):
    """An approved draft; each publisher waits before it writes until both are there, or half a second."""
    make_stockrecord(price="120.00", farm_gate="80.00")
    publish_prices(timezone.now() - timedelta(hours=1))
    StockRecord.objects.update(farm_gate_price=81)
    prepared = operations.prepare(source="opening", starts_at=None, prepared_by=None, now=timezone.now())
    barrier, follow = threading.Barrier(2), drafts.follow

    def wait(*args, **options):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=3)
        return follow(*args, **options)

    monkeypatch.setattr(drafts, "follow", wait)
    return operations.approve(draft_id=prepared.pk, approved_by=make_staff("director"), now=timezone.now())


def publish_together(draft):
    now = timezone.now()
    return run_together(lambda: operations.publish(draft_id=draft.pk, now=now), workers=2, expected=DatabaseError)


def test_one_draft_published_twice_at_once_is_one_list(draft):
    answers = publish_together(draft)

    assert [answer.pk for answer in answers] == [PriceList.objects.get(ends_at=None).pk] * 2
    assert PriceList.objects.count() == 2


def test_twin_without_the_locks_one_publisher_fails(monkeypatch, draft):
    monkeypatch.setattr(locks, "advisory_lock", lambda name: None)
    monkeypatch.setattr(drafts, "_locked", lambda pk: PriceListDraft.objects.get(pk=pk))

    answers = publish_together(draft)

    assert any(isinstance(answer, DatabaseError) for answer in answers)
