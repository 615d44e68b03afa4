"""Paying while the sweep gives up. The twin shows what asking the bank first is for."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from fulfilment.orders import signals
from fulfilment.orders.links import key_for
from fulfilment.orders.models import OrderEvent
from fulfilment.orders.operations import life
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt, Refund, StripeEvent
from fulfilment.payments.operations import ending, paying, refunds
from storefront.demo.stripe.bank import Refused
from storefront.notifications.models import Message
from tests.factories.bank import events_of, open_bank, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together, unlock

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
        record = stock(in_stock=1)
        order = place_order((record, 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        monkeypatch.setattr(ending, "call_off", lambda **kwargs: pay(bank, payment.id))  # the buyer, in that second

        payments.sweep(now=timezone.now() + timedelta(minutes=31))
        place_order((record, 1), shopping=Shopping("EUR", "FR"))  # what was given back is sold to someone else
        payments.settle(intent_id=payment.id, now=timezone.now())
        intent = bank.bank.intents[payment.id]["status"]

    order.refresh_from_db()
    assert (intent, order.status) == ("succeeded", "EXPIRED")
    assert Refund.objects.get().amount == order.total_incl_tax


ROUNDS = 50


def three_at_once(bank):
    """One payment, and at one barrier: its event, its buyer on the return page, the sweep. Gives what came of it."""
    order = place_order((StockRecord.objects.get(), 1), shopping=Shopping("EUR", "FR"), email="jeanne@example.org")
    payment = payments.start(order_id=order.pk, now=timezone.now())
    pay(bank, payment.id)
    (event,) = [one for one in events_of(bank, "payment_intent.succeeded") if one["data"]["object"]["id"] == payment.id]
    back = f"/en/orders/{order.number}/paid/?k={key_for(order.number)}&payment_intent={payment.id}"

    def arrive(number):
        if number == 0:
            tell(event)
            payments.apply_event(event_id=event["id"], now=timezone.now())
        elif number == 1:
            assert Client().get(back).status_code == 302
        else:
            payments.sweep(now=timezone.now())

    run_together(arrive, workers=3)
    return order


def test_webhook_return_page_and_sweep_at_one_barrier_make_one_transition_one_announcement_one_mail(run_jobs):
    heard = []

    def hear(attempt_id, **kwargs):
        heard.append(attempt_id)

    signals.payment_settled.connect(hear)
    with open_bank() as bank:
        stock(in_stock=ROUNDS)
        placed = [three_at_once(bank) for _ in range(ROUNDS)]
        run_jobs(limit=20 * ROUNDS)
    signals.payment_settled.disconnect(hear)

    paid = OrderEvent.objects.filter(kind="paid").values_list("order_id", flat=True)
    mails = Message.objects.filter(kind="order.paid", channel="mail").values_list("order_id", flat=True)
    assert sorted(paid) == sorted(mails) == [order.pk for order in placed]
    assert len(heard) == len(set(heard)) == ROUNDS
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {"SUCCEEDED"}
    assert [name for name, check in registered().items() if list(check())] == []


def test_twin_without_the_lock_it_is_announced_more_than_once(monkeypatch):
    heard = []
    barrier = threading.Barrier(3)

    def unlocked(rows):
        found = list(rows)
        if rows.model is PaymentAttempt:
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=5)  # all of them have looked before one writes
        return found

    def hear(attempt_id, **kwargs):
        heard.append(attempt_id)

    unlock(monkeypatch, paying, read=unlocked)
    unlock(monkeypatch, life)
    signals.payment_settled.connect(hear)
    with open_bank() as bank:
        stock(in_stock=1)
        three_at_once(bank)
    signals.payment_settled.disconnect(hear)

    assert len(heard) > 1


def test_case_6_one_event_five_times_at_once_is_kept_once(run_jobs):
    with open_bank() as bank:
        order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
        pay(bank, payments.start(order_id=order.pk, now=timezone.now()).id)
        (event,) = events_of(bank, "payment_intent.succeeded")

        answers = run_together(lambda: tell(event).status_code, workers=5)
        run_together(lambda: payments.apply_event(event_id=event["id"], now=timezone.now()), workers=5)
        run_jobs()

    assert answers == [200] * 5
    assert StripeEvent.objects.count() == 1
    assert order.events.filter(kind="paid").count() == 1


def test_two_tabs_after_the_bank_gave_up_begin_one_next_attempt():
    with open_bank() as bank:
        order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
        first = payments.start(order_id=order.pk, now=timezone.now())
        bank.bank.cancel(first.id, "fraudulent")
        payments.sweep(now=timezone.now())

        begun = run_together(lambda: payments.start(order_id=order.pk, now=timezone.now()).id, workers=4)
        made = list(bank.bank.intents)

    assert set(begun) == set(made) - {first.id}
    assert list(PaymentAttempt.objects.values_list("number", "state")) == [(1, "CANCELLED"), (2, "STARTED")]


REFUNDS = 5


def paid_order(bank):
    order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
    pay(bank, payments.start(order_id=order.pk, now=timezone.now()).id)
    payments.sweep(now=timezone.now())
    return PaymentAttempt.objects.get()


def owe_most(attempt):
    amount = (attempt.captured * 6 / 10).quantize(attempt.captured)
    payments.owe_refund(attempt_id=attempt.pk, amount=amount, reason="PAID_TOO_LATE", now=timezone.now())


def test_case_18_five_refunds_of_most_of_it_at_once_give_one(run_jobs):
    with open_bank() as bank:
        attempt = paid_order(bank)

        answers = run_together(lambda: owe_most(attempt), workers=REFUNDS, expected=payments.MoreThanCaptured)
        run_jobs()
        given_back = [row["amount"] for row in bank.bank.refunds.values()]

    refused = [answer for answer in answers if isinstance(answer, payments.MoreThanCaptured)]
    assert (len(refused), len(given_back), Refund.objects.get().state) == (REFUNDS - 1, 1, "SUCCEEDED")


def test_case_18_twin_without_the_sum_the_database_still_gives_one(monkeypatch):
    monkeypatch.setattr(refunds, "given_back", lambda attempt: 0)
    with open_bank() as bank:
        attempt = paid_order(bank)

        answers = run_together(lambda: owe_most(attempt), workers=REFUNDS, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == REFUNDS - 1
    assert Refund.objects.count() == 1


def test_case_18_one_refund_sent_by_two_workers_at_once_is_made_once(run_jobs):
    with open_bank() as bank:
        attempt = paid_order(bank)
        refund = payments.owe_refund(
            attempt_id=attempt.pk, amount=attempt.captured, reason="PAID_TOO_LATE", now=timezone.now()
        )

        run_together(lambda: payments.send_refund(refund_id=refund.pk, now=timezone.now()), workers=2)
        made = list(bank.bank.refunds)

    refund.refresh_from_db()
    assert ([refund.provider_id], refund.state) == (made, "SUCCEEDED")
    assert attempt.order.events.filter(kind="refund_made").count() == 1
