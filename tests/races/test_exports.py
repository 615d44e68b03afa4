"""Papers and records of one shipment by many at once; each race has its twin."""

import threading
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.customs import operations
from fulfilment.customs.models import CustomsPaper, ExportRecord
from tests.factories.exports import make_courier, make_packed, record_export
from tests.factories.orders import open_deliveries
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 3


@pytest.fixture
def parcel():
    with transaction.atomic():
        open_deliveries()
        make_courier()
        return make_packed()


def meeting_first(function):
    """Let all of them come to a first call before any goes on."""
    meeting, met = threading.Barrier(WORKERS), threading.local()

    def together(*args, **kwargs):
        if not getattr(met, "yes", False):
            met.yes = True
            meeting.wait(timeout=30)
        return function(*args, **kwargs)

    return together


def make_together(parcel, **options):
    """Draw the papers in every worker before any keeps them."""
    with patch.object(operations, "sheet_of", meeting_first(operations.sheet_of)):
        return run_together(
            lambda: operations.make_papers(consignment_id=parcel.pk, now=timezone.now()), workers=WORKERS, **options
        )


def test_many_workers_make_the_papers_of_a_parcel_once(parcel):
    answers = make_together(parcel)

    assert CustomsPaper.objects.count() == 2
    assert len({tuple(paper.pk for paper in papers) for papers in answers}) == 1


def test_twin_without_the_lock_a_worker_fails_over_the_papers_of_another(parcel, monkeypatch):
    unlock(monkeypatch, operations)
    create = meeting_first(CustomsPaper.objects.create)

    with patch.object(CustomsPaper.objects, "create", create):
        answers = make_together(parcel, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == WORKERS - 1


def write(parcel, number):
    return record_export(parcel, declaration_number=f"DUM-{number}", based_on=None)


def test_of_many_who_write_at_once_one_does_and_the_others_are_told(parcel):
    answers = run_together(lambda number: write(parcel, number), workers=WORKERS, expected=operations.RecordedMeanwhile)

    assert ExportRecord.objects.count() == 1
    assert sum(isinstance(answer, operations.RecordedMeanwhile) for answer in answers) == WORKERS - 1


def test_twin_without_the_lock_each_writes_over_what_they_never_saw(parcel, monkeypatch):
    unlock(monkeypatch, operations)

    with patch.object(ExportRecord.objects, "create", meeting_first(ExportRecord.objects.create)):
        run_together(lambda number: write(parcel, number), workers=WORKERS)

    assert ExportRecord.objects.count() == WORKERS
