"""Several people give the same order back at once. The twin shows what the lock is for."""

import contextlib
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.payments import operations as payments
from fulfilment.payments.models import Refund
from fulfilment.payments.operations import refunding
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    open_deliveries()
    with open_bank() as bank:
        placed = place_order((stock("120.00", in_stock=50), 5), shopping=Shopping("EUR", "FR"))
        pay(bank, payments.start(order_id=placed.pk, now=timezone.now()).id)
        payments.sweep(now=timezone.now())
        yield placed


def three_of_five(order):
    line = order.lines.get().pk
    return lambda: payments.ask_refund(
        order_id=order.pk, quantities={line: 3}, reason=Refund.Reason.DAMAGED, now=timezone.now()
    )


def test_a13_of_five_refunds_of_sixty_percent_at_once_one_passes(order):
    answers = run_together(three_of_five(order), workers=5, expected=payments.MoreThanLeft)

    assert sum(isinstance(answer, Refund) for answer in answers) == 1
    assert Refund.objects.get().amount <= order.total_incl_tax * Decimal("0.6")


def test_twin_without_the_lock_people_meet_the_databases_refusal_instead_of_a_sentence(order, monkeypatch):
    unlock(monkeypatch, refunding)

    def late(*args, **kwargs):
        answer = choose(*args, **kwargs)
        with contextlib.suppress(Exception):
            barrier.wait(timeout=10)
        return answer

    barrier, choose = threading.Barrier(2), refunding.shares.choose
    monkeypatch.setattr(refunding.shares, "choose", late)
    answers = run_together(three_of_five(order), workers=2, expected=IntegrityError)
    refused = [answer for answer in answers if isinstance(answer, IntegrityError)]

    assert (len(refused), Refund.objects.count()) == (1, 1)
