"""Two people who write the same fee at once: one row; and two fees that are fine alone but not together."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel import locks
from catalogue.pricing import operations
from catalogue.pricing.models import Fee
from catalogue.pricing.operations import dated
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def write_together(*rows):
    def write(number):
        part, basis, value = rows[number]
        fee = Fee(part=part, basis=basis, value=Decimal(value), valid_from=date(2027, 1, 1))
        return operations.add_row(row=fee, written_by=None, now=timezone.now())

    return run_together(write, workers=len(rows), expected=(operations.Overlaps, operations.FeesOverAHundred))


def test_the_same_fee_is_written_once():
    answers = write_together(("packing", "unit", "4"), ("packing", "unit", "5"))

    assert sum(isinstance(answer, operations.Overlaps) for answer in answers) == 1
    assert Fee.objects.count() == 1


def test_two_fees_that_together_take_the_whole_price_are_not_both_written():
    answers = write_together(("payment", "price", "50"), ("office", "price", "50"))

    assert sum(isinstance(answer, operations.FeesOverAHundred) for answer in answers) == 1
    assert Fee.objects.count() == 1


def test_twin_without_the_lock_both_are_written(monkeypatch):
    both = threading.Barrier(2)
    look = dated._check_fees

    def look_together(row):
        look(row)
        both.wait(timeout=20)  # neither commits before the other has looked

    monkeypatch.setattr(locks, "advisory_lock", lambda name: None)
    monkeypatch.setattr(dated, "_check_fees", look_together)
    write_together(("payment", "price", "50"), ("office", "price", "50"))

    assert Fee.objects.count() == 2
