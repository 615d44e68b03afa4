"""Paying while the sweep gives up. The twin shows what asking the bank first is for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations import ending
from storefront.demo.stripe.bank import Refused
from tests.factories.bank import open_bank, pay
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def test_paying_while_the_sweep_gives_up_ends_paid_or_given_up_never_both():
    with open_bank() as bank:
        order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        late = timezone.now() + timedelta(minutes=31)

        def pay_or_sweep(number):
            if number == 0:
                pay(bank, payment.id)
            elif number == 1:
                payments.sweep(now=late)
            else:
                payments.settle(intent_id=payment.id, now=timezone.now())

        run_together(pay_or_sweep, workers=4, expected=Refused)  # the bank may say that it was cancelled first
        payments.sweep(now=late)
        intent = bank.bank.intents[payment.id]["status"]

    order.refresh_from_db()
    ends = {"succeeded": "PAID", "canceled": "EXPIRED"}
    assert order.status == ends[intent]
    assert StockRecord.objects.get().num_allocated == (1 if order.status == "PAID" else 0)


def test_twin_without_asking_the_bank_first_money_is_taken_for_goods_given_back(monkeypatch):
    with open_bank() as bank:
        order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        monkeypatch.setattr(ending, "call_off", lambda **kwargs: pay(bank, payment.id))  # the buyer, in that second

        payments.sweep(now=timezone.now() + timedelta(minutes=31))
        payments.settle(intent_id=payment.id, now=timezone.now())
        intent = bank.bank.intents[payment.id]["status"]

    order.refresh_from_db()
    assert (intent, order.status, StockRecord.objects.get().num_allocated) == ("succeeded", "EXPIRED", 0)
    assert PaymentAttempt.objects.get().state == "QUARANTINED"
