"""Two people who confirm the same courier's file, and who take the same file in, at once."""

import pytest
from django.db.utils import DatabaseError
from django.utils import timezone

from fulfilment.payments import operations
from fulfilment.payments.models import CashCollected, CashRemittance, RemittanceFile
from fulfilment.payments.operations import cash, remitting
from tests.factories.remittances import collect, sheet, take_in
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(run_jobs):
    rows = collect(run_jobs, 2)
    return take_in(rows[0].courier, sheet(*((row.parcel, 155) for row in rows), ("NOBODYS-1", 5)), "315")


def confirm_together(file):
    seen = operations.fingerprint(file)
    answers = run_together(
        lambda: operations.confirm_file(file_id=file.pk, seen=seen, now=timezone.now()),
        workers=2,
        expected=(operations.NotReady, DatabaseError),
    )
    return {type(answer) for answer in answers}


def test_two_people_who_confirm_the_same_file_book_it_once(file):
    assert confirm_together(file) == {RemittanceFile, operations.NotReady}

    assert (CashRemittance.objects.count(), CashCollected.objects.filter(remittance=None).count()) == (1, 0)


def test_twin_without_the_locks_the_second_runs_into_the_database(file, monkeypatch):
    unlock(monkeypatch, remitting, cash, meet=2)

    assert operations.NotReady not in confirm_together(file)


def test_two_people_who_take_the_same_file_in_keep_it_once(run_jobs):
    rows = collect(run_jobs, 1)
    content = sheet((rows[0].parcel, 155))

    answers = run_together(lambda: take_in(rows[0].courier, content, "155"), workers=2, expected=operations.KnownFile)

    assert {type(answer) for answer in answers} == {RemittanceFile, operations.KnownFile}
    assert RemittanceFile.objects.count() == 1
