"""Several workers credit the same refund at once. The twin shows what the order's lock is for."""

import threading

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.invoices import operations as invoices
from fulfilment.invoices.crediting import operations
from fulfilment.invoices.models import CreditNote, CreditSeries
from fulfilment.payments import operations as payments
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture
def refund():
    open_deliveries()
    with open_bank() as bank:
        order = place_order((stock("120.00"), 3), shopping=Shopping("EUR", "FR"))
        pay(bank, payments.start(order_id=order.pk, now=timezone.now()).id)
        payments.sweep(now=timezone.now())
    invoices.issue(order_id=order.pk, now=timezone.now())
    CreditSeries.objects.create(year=2026)
    return payments.ask_refund(
        order_id=order.pk, quantities={order.lines.get().pk: 1}, reason="DAMAGED", now=timezone.now()
    )


def credit_together(refund, **options):
    return run_together(lambda: operations.credit(refund_id=refund.pk, now=timezone.now()), workers=WORKERS, **options)


def test_a_refund_is_credited_once_and_takes_one_number(refund):
    answers = credit_together(refund)

    assert {note.number for note in answers} == {"A2026-000001"}
    assert CreditSeries.objects.get().last == CreditNote.objects.count() == 1


def test_twin_without_locks_the_others_meet_the_databases_refusal(refund, monkeypatch):
    unlock(monkeypatch, operations)
    put_together, looked = operations.content.content_of, threading.Barrier(WORKERS)

    def after_all_looked(*args, **fields):
        looked.wait(timeout=30)
        return put_together(*args, **fields)

    monkeypatch.setattr(operations.content, "content_of", after_all_looked)

    answers = credit_together(refund, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == WORKERS - 1
