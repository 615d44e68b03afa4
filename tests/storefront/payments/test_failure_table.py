"""What must happen in cases 1 to 8 of the table of failures; each test is named after its row.

The rest: test_failure_table_ends.py. Refunds: tests/fulfilment/payments/test_refunds.py, tests/races/test_paying.py.
Case 7: test_webhook.py. Processes killed: tests/races/test_killed_payments.py.
"""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.models import PaymentAttempt, StripeEvent
from storefront.demo.stripe.cards import DECLINED
from tests.factories.bank import events_of, pay, tell
from tests.factories.orders import Guest, open_deliveries, stock

from .support import broken, return_page, start, start_page, status_of, sweep, told

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


def test_case_1_a_double_click_and_two_tabs_make_one_order_and_one_intent(bank):
    open_deliveries()
    guest = Guest(destination="FR", currency="EUR", language="en")
    guest.add(stock("120.00"))
    form = guest.filled()

    twice = [guest.post("checkout/place/", **form) for _ in range(2)]
    order = Order.objects.get()
    intents = [start_page(order).json()["client_secret"] for _ in range(2)]

    assert [answer.url for answer in twice] == [f"/en/orders/{order.number}/pay/"] * 2
    assert (len(set(intents)), len(bank.bank.intents)) == (1, 1)


def test_case_2_a_lost_answer_is_the_same_intent_when_asked_again(bank, order):
    bank.faults.add("lost", path="payment_intents$", times=3)  # and the two more tries of a patient caller
    with pytest.raises(ProviderUnavailable):
        start(order)

    payment = start(order)

    assert list(bank.bank.intents) == [payment.id]


def test_case_3_an_intent_accepted_and_not_saved_is_asked_for_under_its_key(bank, order):
    payment = start(order)
    PaymentAttempt.objects.update(intent_id=None)  # killed before the row was written

    assert start(order).id == payment.id
    assert len(bank.bank.intents) == 1


def test_case_3_an_intent_accepted_and_not_saved_is_known_by_its_event(bank, order, run_jobs):
    payment = start(order)
    PaymentAttempt.objects.update(intent_id=None)
    pay(bank, payment.id)

    for event in events_of(bank):
        tell(event)
    run_jobs()

    assert (status_of(order), PaymentAttempt.objects.get().intent_id) == ("PAID", payment.id)


def test_case_3_after_a_day_it_is_looked_for_and_never_made_again(bank, order, clock):
    payment = start(order)
    PaymentAttempt.objects.update(intent_id=None)
    pay(bank, payment.id)
    clock.shift(timedelta(hours=25))
    bank.bank.answers.clear()  # the bank forgot the key
    asked = []
    bank.before_answer = lambda handler: asked.append(handler.command) or True

    sweep()

    assert (list(bank.bank.intents), status_of(order)) == ([payment.id], "PAID")
    assert asked[0] == "GET"


def test_case_3_after_a_day_what_was_never_made_is_given_up(bank, order, clock):
    bank.faults.add("unreachable", times=3)
    with pytest.raises(ProviderUnavailable):
        start(order)
    clock.shift(timedelta(hours=25))

    sweep()

    assert (bank.bank.intents, status_of(order)) == ({}, "EXPIRED")


@pytest.mark.parametrize("by", ["webhook", "sweep"])
def test_case_4_a_browser_that_never_returns_leaves_a_paid_order_and_a_mail(bank, order, run_jobs, by):
    pay(bank, start(order).id)

    if by == "webhook":
        for event in events_of(bank):
            tell(event)
    else:
        sweep()
    run_jobs()

    assert (status_of(order), told("paid"), broken()) == ("PAID", 1, [])


@pytest.mark.parametrize("steps", list(itertools.permutations(["webhook", "return", "sweep"])), ids="-".join)
def test_case_5_webhook_return_page_and_sweep_in_any_order_end_the_same(bank, order, run_jobs, steps):
    payment = start(order)
    pay(bank, payment.id)

    for step in steps:
        if step == "webhook":
            for event in events_of(bank):
                tell(event)
        elif step == "return":
            return_page(order, payment.id)
        else:
            sweep()
        run_jobs()

    paid = list(order.events.filter(kind="paid"))
    assert (status_of(order), len(paid), told("paid")) == ("PAID", 1, 1)
    attempt = PaymentAttempt.objects.get()
    assert (attempt.captured, attempt.fee + attempt.net) == (attempt.amount, attempt.amount)


@pytest.mark.parametrize("places", list(itertools.permutations(range(3))), ids=lambda places: "".join(map(str, places)))
def test_case_6_events_in_any_order_and_twice_end_the_same(bank, order, run_jobs, places):
    payment = start(order)
    pay(bank, payment.id, DECLINED)
    pay(bank, payment.id)
    kinds = ("payment_intent.created", "payment_intent.payment_failed", "payment_intent.succeeded")
    told_of = events_of(bank, *kinds)

    for place in places:
        for _ in range(2):
            assert tell(told_of[place]).status_code == 200
        run_jobs()
    tell(told_of[1])
    run_jobs()

    assert (status_of(order), StripeEvent.objects.count(), told("paid")) == ("PAID", 3, 1)
    assert not StripeEvent.objects.filter(processed_at=None).exists()


def test_case_6_an_event_that_comes_again_after_three_days_changes_nothing(bank, order, run_jobs, clock):
    pay(bank, start(order).id)
    for event in events_of(bank):
        tell(event)
    run_jobs()
    clock.shift(timedelta(days=3))
    run_jobs()  # what was to be told later, unless it had been told by then

    answers = {tell(event).status_code for event in events_of(bank)}
    ran = run_jobs()

    assert (answers, ran, told("paid")) == ({200}, 0, 1)


def test_case_8_a_webhook_that_was_down_for_a_day_catches_up_by_itself(bank, order, run_jobs, clock):
    payment = start(order)
    pay(bank, payment.id)
    clock.shift(timedelta(minutes=20))

    found = [operations.fill_gaps(now=timezone.now()) for _ in range(2)]
    run_jobs()

    assert (found, status_of(order)) == ([1, 0], "PAID")
    assert list(StripeEvent.objects.values_list("source", "outcome")) == [("list", "applied")]


def test_case_8_what_the_webhook_took_is_not_taken_again(bank, order, run_jobs):
    pay(bank, start(order).id)
    for event in events_of(bank):
        tell(event)

    assert operations.fill_gaps(now=timezone.now()) == 0
