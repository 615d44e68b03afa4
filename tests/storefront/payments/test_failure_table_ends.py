"""What must happen in cases 9 to 23 of the table of failures; each test is named after its row."""

import importlib.util
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import stripe
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders import operations as orders
from fulfilment.orders.links import key_for
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CARD
from fulfilment.orders.ways_to_pay import payment_methods
from fulfilment.payments import operations
from fulfilment.payments.gateways import stripe as gateway
from fulfilment.payments.models import PaymentAttempt, Refund, StripeEvent
from storefront.basket.models import Basket
from storefront.demo.stripe.bank import Bank
from storefront.demo.stripe.cards import DECLINED, NO_FUNDS, SECURE, SLOW
from tests.factories.bank import authenticate, events_of, pay, tell
from tests.factories.orders import place_order, stock

from .support import FRANCE, LATE, broken, return_page, start, start_page, status_of, sweep, told

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


@pytest.mark.parametrize("card", [DECLINED, NO_FUNDS])
def test_case_9_a_declined_card_leaves_the_order_the_goods_and_the_same_intent(bank, order, run_jobs, card):
    payment = start(order)
    pay(bank, payment.id, card)
    for event in events_of(bank):
        tell(event)
    run_jobs()
    declined = (status_of(order), StockRecord.objects.get().num_allocated, PaymentAttempt.objects.get().state)

    page = return_page(order, payment.id)
    again = start(order)

    assert declined == ("PENDING_PAYMENT", 2, State.FAILED)
    assert "nothing was taken. You can try another card." in page.content.decode()
    assert (again.id, told("paid")) == (payment.id, 0)


@pytest.mark.parametrize("end", ["refused", "abandoned"])
def test_case_10_3d_secure_refused_or_abandoned_waits_and_is_given_up_by_the_sweep(bank, order, end):
    payment = start(order)
    pay(bank, payment.id, SECURE)
    if end == "refused":
        authenticate(bank, payment.id, accepted=False)
    page = return_page(order, payment.id)
    waiting = (status_of(order), StockRecord.objects.get().num_allocated)

    sweep(LATE)

    assert "You can try another card." in page.content.decode()
    assert waiting == ("PENDING_PAYMENT", 2)
    assert (status_of(order), bank.bank.intents[payment.id]["status"]) == ("EXPIRED", "canceled")


def test_case_10_3d_secure_accepted_pays(bank, order):
    payment = start(order)
    pay(bank, payment.id, SECURE)
    before = operations.settle(intent_id=payment.id, now=timezone.now()).state
    authenticate(bank, payment.id)

    assert (before, return_page(order, payment.id).status_code, status_of(order)) == (
        State.REQUIRES_ACTION,
        200,
        "PAID",
    )


def test_a_card_that_takes_its_time_is_waited_for(bank, order, clock):
    payment = start(order)
    pay(bank, payment.id, SLOW)
    page = return_page(order, payment.id)
    while_processing = PaymentAttempt.objects.get(pk=operations.settle(intent_id=payment.id, now=timezone.now()).pk)

    clock.shift(timedelta(seconds=9))
    sweep()

    assert "The bank is still working on it." in page.content.decode()
    assert (while_processing.state, status_of(order)) == (State.PROCESSING, "PAID")


def test_case_11_paid_in_the_second_the_sweep_cancels_is_paid(bank, order, monkeypatch):
    payment = start(order)
    real = Bank.cancel

    def pays_first(self, intent_id, reason):
        pay(bank, intent_id)
        return real(self, intent_id, reason)

    monkeypatch.setattr(Bank, "cancel", pays_first)
    sweep(LATE)

    assert (status_of(order), StockRecord.objects.get().num_allocated) == ("PAID", 2)
    assert PaymentAttempt.objects.get().intent_id == payment.id


def given_up_too_early(bank, order):
    """Give an order up without the bank's consent, as a hand in the database might, and pay it then."""
    payment = start(order)
    orders.expire(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    return payment


def test_case_11_money_after_the_end_takes_the_order_up_again_while_the_goods_are_there(bank, order, run_jobs):
    payment = given_up_too_early(bank, order)

    return_page(order, payment.id)
    run_jobs()

    assert (status_of(order), StockRecord.objects.get().num_allocated, told("paid")) == ("PAID", 2, 1)
    assert list(order.events.values_list("kind", flat=True))[:4] == ["placed", "expired", "pending_payment", "paid"]
    assert (Refund.objects.count(), broken()) == (0, [])


def test_case_11_money_after_the_end_goes_back_when_the_goods_are_sold_and_the_buyer_is_told(bank, order, run_jobs):
    payment = given_up_too_early(bank, order)
    place_order((StockRecord.objects.get(), 1), shopping=FRANCE)  # one of two is gone: all or nothing

    page = return_page(order, payment.id)
    run_jobs()

    refund = Refund.objects.get()
    assert (status_of(order), StockRecord.objects.get().num_allocated) == ("EXPIRED", 1)
    assert (refund.state, refund.amount, refund.reason) == ("SUCCEEDED", order.total_incl_tax, "PAID_TOO_LATE")
    assert [row["amount"] for row in bank.bank.refunds.values()] == [int(order.total_incl_tax * 100)]
    assert "The payment arrived too late for this order. All of it goes back to your card." in page.content.decode()
    assert (told("given_back"), told("paid"), broken()) == (1, 0, [])
    assert (
        "goes back to your card"
        in Client().get(f"/en/orders/{order.number}/?k={key_for(order.number)}").content.decode()
    )


@pytest.mark.parametrize("change", [{"amount_received": 1}, {"currency": "usd"}, {"metadata": {}}])
def test_case_13_another_amount_currency_or_order_is_held_for_a_person(bank, order, run_jobs, caplog, change):
    payment = start(order)
    pay(bank, payment.id)
    bank.bank.intents[payment.id].update(change)

    for event in events_of(bank, "payment_intent.succeeded"):
        tell(event)
    run_jobs()

    assert (PaymentAttempt.objects.get().state, status_of(order)) == (State.QUARANTINED, "PENDING_PAYMENT")
    assert (told("paid"), Refund.objects.count()) == (0, 0)
    assert "quarantined" in caplog.text


def test_case_16_an_intent_belongs_to_one_order(bank, order):
    payment = start(order)
    record = stock("80.00")
    place_order((record, 1), shopping=FRANCE)

    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAttempt.objects.filter(intent_id=None).update(intent_id=payment.id)


def test_case_17_another_orders_intent_on_the_return_page_is_not_there(bank, order):
    mine = start(order)
    other = place_order((stock("80.00"), 1), shopping=FRANCE)
    theirs = start(other)
    pay(bank, theirs.id)

    answers = [return_page(order, intent).status_code for intent in (theirs.id, "pi_unknown", "", mine.id + "x")]

    assert answers == [404] * 4
    assert (status_of(order), status_of(other)) == ("PENDING_PAYMENT", "PENDING_PAYMENT")


@pytest.mark.parametrize("fault", ["unreachable", "busy"])
def test_case_21_a_bank_that_is_away_leaves_the_order_waiting(bank, order, fault):
    bank.faults.add(fault, times=3)

    answer = start_page(order)
    bank.faults.clear()
    again = start_page(order)

    assert (answer.status_code, status_of(order)) == (503, "PENDING_PAYMENT")
    assert "Nothing was taken. Please try again in a minute." in answer.json()["error"]
    assert again.json()["client_secret"].startswith(next(iter(bank.bank.intents)))
    assert not Basket.objects.filter(status="Open").exists()


def test_case_21_a_bank_that_failed_under_the_key_is_asked_anew_under_another(bank, order):
    bank.faults.add("error", path="payment_intents$")

    failed = start_page(order).status_code
    payment = start(order)

    attempts = list(PaymentAttempt.objects.values_list("number", "state", "idempotency_key"))
    assert failed == 503
    assert attempts == [
        (1, State.CANCELLED, f"order-{order.number}-attempt-1"),
        (2, State.STARTED, f"order-{order.number}-attempt-2"),
    ]
    assert list(bank.bank.intents) == [payment.id]


def test_case_21_a_bank_that_failed_after_it_did_the_work_is_believed_about_the_work(bank, order):
    bank.faults.add("error_after", path="payment_intents$")

    payment = start(order)

    assert (list(bank.bank.intents), PaymentAttempt.objects.count()) == ([payment.id], 1)


def test_case_21_an_order_whose_start_failed_at_the_bank_expires_all_the_same(bank, order):
    bank.faults.add("error", path="payment_intents$")
    start_page(order)

    sweep(LATE)

    assert (status_of(order), bank.bank.intents) == ("EXPIRED", {})


def test_case_21_events_wait_while_the_bank_is_away(bank, order, run_jobs, clock):
    pay(bank, start(order).id)
    for event in events_of(bank, "payment_intent.succeeded"):
        tell(event)
    bank.faults.add("unreachable", times=30)
    run_jobs()
    waiting = StripeEvent.objects.filter(processed_at=None).count()

    bank.faults.clear()
    clock.shift(timedelta(minutes=2))
    run_jobs()

    assert (waiting, status_of(order)) == (1, "PAID")


def test_case_22_a_version_the_shop_was_not_written_for_does_not_start(monkeypatch):
    monkeypatch.setattr(stripe, "api_version", "2027-01-01.other")
    spec = importlib.util.spec_from_file_location("fulfilment.payments.gateways.another", gateway.__file__)

    with pytest.raises(ImproperlyConfigured, match=r"2026-10-28\.endive; the SDK .* speaks 2027-01-01\.other"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.mark.parametrize(
    ("currency", "total", "offered"),
    [("MAD", "9.99", False), ("MAD", "10.00", True), ("EUR", "0.49", False), ("USD", "0.50", True)],
)
def test_case_23_below_the_minimum_a_card_is_not_offered(currency, total, offered):
    quote = SimpleNamespace(currency=currency, destination="FR", total=lambda delivery: Decimal(total))

    assert (CARD in payment_methods(quote, None)) is offered


def test_a_payment_that_the_bank_gave_up_is_tried_again_without_a_second_order(bank, order):
    first = start(order)
    bank.bank.cancel(first.id, "fraudulent")
    page = return_page(order, first.id)

    second = start(order)
    pay(bank, second.id)
    return_page(order, second.id)

    assert "This payment was cancelled, nothing was taken." in page.content.decode()
    assert "by card</a>" in page.content.decode()
    assert list(PaymentAttempt.objects.values_list("number", "state")) == [(1, State.CANCELLED), (2, State.SUCCEEDED)]
    assert [intent["metadata"]["attempt"] for intent in bank.bank.intents.values()] == ["1", "2"]
    assert (status_of(order), Order.objects.count(), broken()) == ("PAID", 1, [])


@pytest.mark.parametrize("card", [DECLINED, SECURE, SLOW])
def test_no_second_attempt_while_the_first_may_still_be_paid(bank, order, card):
    first = start(order)
    pay(bank, first.id, card)

    assert (start(order).id, PaymentAttempt.objects.count()) == (first.id, 1)


def test_no_second_attempt_once_the_time_is_over(bank, order, clock):
    bank.bank.cancel(start(order).id, "")
    sweep()
    clock.shift(LATE)

    with pytest.raises(operations.NothingToPay):
        start(order)


def test_the_receipts_address_is_frozen_with_the_key(bank, order):
    Order.objects.update(guest_email="another@example.org")

    payment = start(order)

    assert bank.bank.intents[payment.id]["receipt_email"] == "jeanne@example.org"


def test_an_address_that_gets_no_receipt_keeps_nobody_from_paying(bank, order):
    PaymentAttempt.objects.update(receipt_email="jeanne@localhost")

    payments = [start(order).id for _ in range(2)]

    assert payments == list(bank.bank.intents) * 2
    assert bank.bank.intents[payments[0]]["receipt_email"] is None
