"""Numbers of invoices when many are made at once: each once, none left out."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.documents import numbering
from fulfilment.invoices import operations
from fulfilment.invoices.models import Invoice, Series
from tests.factories.sales import make_order
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6


@pytest.fixture
def orders():
    with transaction.atomic():
        Series.objects.create(year=2026)
        return [make_order() for _ in range(WORKERS)]


def issue_all(orders, **options):
    left = list(orders)
    return run_together(
        lambda: operations.issue(order_id=left.pop().pk, now=timezone.now()), workers=WORKERS, **options
    )


def test_many_at_once_take_following_numbers(orders):
    issue_all(orders)

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, WORKERS + 1))


def test_twin_without_the_lock_gives_a_number_twice(orders, monkeypatch):
    unlock(monkeypatch, operations, numbering)

    answers = issue_all(orders, expected=IntegrityError)

    assert any(isinstance(answer, IntegrityError) for answer in answers)


def test_one_order_asked_for_by_many_is_invoiced_once(orders):
    run_together(lambda: operations.issue(order_id=orders[0].pk, now=timezone.now()), workers=WORKERS)

    assert Series.objects.get().last == Invoice.objects.count() == 1
