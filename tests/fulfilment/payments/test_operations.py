"""Being paid once, exactly, or not at all: against the demonstration bank, through the real SDK."""

import logging
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.models import PaymentAttempt, Refund
from fulfilment.payments.operations import ending
from storefront.demo.stripe.bank import DECLINED
from tests.factories.bank import pay
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


@pytest.fixture
def order(bank):
    open_deliveries()
    return place_order((stock("120.00"), 2), shopping=Shopping("EUR", "FR"))


def start(order):
    return operations.start(order_id=order.pk, now=timezone.now())


def settle(payment):
    return operations.settle(intent_id=payment.id, now=timezone.now())


def status_of(order):
    return Order.objects.get(pk=order.pk).status


def test_start_asks_for_the_exact_amount_under_the_stored_key(bank, order):
    payment = start(order)

    intent = bank.bank.intents[payment.id]
    assert (intent["amount"], intent["currency"]) == (int(order.total_incl_tax * 100), "eur")
    assert intent["metadata"] == {"order_number": order.number, "attempt": "1"}
    assert list(bank.bank.answers) == [f"order-{order.number}-attempt-1"]
    assert PaymentAttempt.objects.get().intent_id == payment.id


def test_start_twice_gives_the_same_payment(bank, order):
    assert start(order).id == start(order).id
    assert len(bank.bank.intents) == 1


def test_a_lost_answer_is_asked_again_under_the_same_key(bank, order):
    lost = []

    def lose_all(handler):
        lost.append(handler.path)
        return False

    bank.before_answer = lose_all
    with pytest.raises(ProviderUnavailable):
        start(order)
    bank.before_answer = None
    payment = start(order)

    assert len(lost) == 3  # the first call and two more tries
    assert list(bank.bank.intents) == [payment.id]


def test_settle_marks_the_order_paid_once(bank, order):
    payment = start(order)
    pay(bank, payment.id)

    first, second = settle(payment), settle(payment)

    assert (first.state, second.state, status_of(order)) == (State.SUCCEEDED, State.SUCCEEDED, "PAID")
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "paid"]
    assert [(name, rows) for name, rows in violations() if rows] == []


def test_a_declined_card_leaves_the_same_payment_for_another(bank, order):
    payment = start(order)
    pay(bank, payment.id, DECLINED)

    declined = settle(payment)
    again = start(order)
    pay(bank, again.id)

    assert (declined.state, declined.last_error) == (State.FAILED, "card_declined")
    assert again.id == payment.id
    assert settle(payment).state == State.SUCCEEDED
    assert status_of(order) == "PAID"


@pytest.mark.parametrize(
    "change", [{"amount_received": 1}, {"currency": "usd"}, {"metadata": {"order_number": "ANOTHER222"}}]
)
def test_money_that_is_not_what_was_asked_is_held_for_a_person(bank, order, caplog, change):
    payment = start(order)
    pay(bank, payment.id)
    bank.bank.intents[payment.id].update(change)

    with caplog.at_level(logging.ERROR, "fulfilment.payments"):
        attempt = settle(payment)

    assert (attempt.state, status_of(order)) == (State.QUARANTINED, "PENDING_PAYMENT")
    assert "quarantined" in caplog.text
    assert settle(payment).state == State.QUARANTINED


def test_the_sweep_settles_what_the_browser_never_came_back_for(bank, order):
    pay(bank, start(order).id)

    operations.sweep(now=timezone.now())

    assert status_of(order) == "PAID"


def test_the_sweep_waits_half_an_hour_then_cancels_at_the_bank_and_releases(bank, order):
    payment = start(order)
    record = StockRecord.objects.get()

    operations.sweep(now=timezone.now() + timedelta(minutes=29))
    waiting = (status_of(order), bank.bank.intents[payment.id]["status"])
    operations.sweep(now=timezone.now() + timedelta(minutes=31))

    record.refresh_from_db()
    assert waiting == ("PENDING_PAYMENT", "requires_payment_method")
    assert (status_of(order), bank.bank.intents[payment.id]["status"]) == ("EXPIRED", "canceled")
    assert (record.num_allocated, PaymentAttempt.objects.get().state) == (0, State.CANCELLED)
    assert [(name, rows) for name, rows in violations() if rows] == []


def test_the_sweep_keeps_the_stock_while_the_bank_does_not_answer(bank, order):
    start(order)
    bank.before_answer = lambda handler: False

    operations.sweep(now=timezone.now() + timedelta(minutes=31))

    assert (status_of(order), StockRecord.objects.get().num_allocated) == ("PENDING_PAYMENT", 2)


def test_paid_in_the_second_the_sweep_cancels_is_paid(bank, order, monkeypatch):
    payment = start(order)
    late = timezone.now() + timedelta(minutes=31)
    settle_first = ending.settle

    def pays_just_after(**kwargs):
        attempt = settle_first(**kwargs)
        pay(bank, payment.id)
        return attempt

    monkeypatch.setattr(ending, "settle", pays_just_after)
    operations.sweep(now=late)

    assert (status_of(order), PaymentAttempt.objects.get().state) == ("PAID", State.SUCCEEDED)


def test_an_order_nobody_tried_to_pay_expires_without_asking_the_bank(bank, order):
    bank.before_answer = lambda handler: pytest.fail("asked the bank")

    operations.sweep(now=timezone.now() + timedelta(minutes=31))

    assert (status_of(order), bank.bank.intents) == ("EXPIRED", {})


def test_a_payment_that_was_asked_for_and_lost_is_found_and_cancelled(bank, order):
    bank.before_answer = lambda handler: False
    with pytest.raises(ProviderUnavailable):
        start(order)
    bank.before_answer = None

    operations.sweep(now=timezone.now() + timedelta(minutes=31))

    assert [intent["status"] for intent in bank.bank.intents.values()] == ["canceled"]
    assert status_of(order) == "EXPIRED"


def test_a_buyer_cancels_an_unpaid_order_at_the_bank_first(bank, order):
    payment = start(order)

    operations.cancel_order(order_id=order.pk, now=timezone.now())

    assert (status_of(order), bank.bank.intents[payment.id]["status"]) == ("CANCELLED", "canceled")
    assert StockRecord.objects.get().num_allocated == 0


def test_an_order_paid_meanwhile_is_not_cancelled(bank, order):
    pay(bank, start(order).id)

    with pytest.raises(operations.StillPaying):
        operations.cancel_order(order_id=order.pk, now=timezone.now())

    assert status_of(order) == "PAID"


def test_a_cancelled_order_cannot_be_paid_any_more(bank, order):
    operations.cancel_order(order_id=order.pk, now=timezone.now())

    with pytest.raises(operations.NothingToPay):
        start(order)


def test_cash_is_taken_at_the_door(bank):
    open_deliveries()
    order = place_order((stock("120.00"), 1))
    for status in ("PREPARING", "SHIPPED", "DELIVERED"):
        orders.advance(order_id=order.pk, status=status, now=timezone.now())

    attempt = PaymentAttempt.objects.get()
    assert (attempt.provider, attempt.state, attempt.amount) == ("cash", State.SUCCEEDED, Decimal("155.00"))


def test_no_transaction_is_open_while_the_bank_is_asked(order, monkeypatch):
    from django.db import connection

    from fulfilment.payments.gateways.stripe import StripeProvider

    inside = []
    for name in ("start", "settle", "cancel"):
        real = getattr(StripeProvider, name)

        def watched(self, *args, real=real):
            inside.append(len(connection.savepoint_ids))
            return real(self, *args)

        monkeypatch.setattr(StripeProvider, name, watched)
    outside = len(connection.savepoint_ids)
    start(order)
    operations.sweep(now=timezone.now() + timedelta(minutes=31))

    assert set(inside) == {outside}


def test_an_order_cancelled_by_someone_else_is_called_off_at_the_bank(bank, order):
    payment = start(order)
    orders.cancel(order_id=order.pk, now=timezone.now())

    operations.sweep(now=timezone.now())

    assert (bank.bank.intents[payment.id]["status"], PaymentAttempt.objects.get().state) == ("canceled", "CANCELLED")


def test_money_for_an_order_that_was_cancelled_goes_back(bank, order, run_jobs):
    payment = start(order)
    orders.cancel(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)

    operations.sweep(now=timezone.now())
    run_jobs()

    assert (PaymentAttempt.objects.get().state, status_of(order)) == (State.SUCCEEDED, "CANCELLED")
    assert Refund.objects.values_list("state", "amount").get() == ("SUCCEEDED", order.total_incl_tax)


def test_a_silent_bank_is_left_alone_after_two_tries(bank):
    open_deliveries()
    record = stock("120.00")
    for _ in range(4):
        start(place_order((record, 1), shopping=Shopping("EUR", "FR")))
    asked = []

    def silent(handler):
        asked.append(handler.path)
        return False

    bank.before_answer = silent
    operations.sweep(now=timezone.now())

    assert len(asked) == len(set(asked)) == 2  # and none is asked twice in one round
