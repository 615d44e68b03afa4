"""Held cards at the office: seen and answered by right, once, in few questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from catalogue.products.models import Product
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.holding.models import Hold
from tests.factories.bank import pay
from tests.factories.orders import place_order, stock
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]


@pytest.fixture
def make_hold(bank):
    record = stock("120.00", in_stock=9)
    Product.objects.update(made_to_order=True)

    def make():
        order = place_order((record, 1), shopping=Shopping("EUR", "FR"))
        payment = operations.start(order_id=order.pk, now=timezone.now())
        pay(bank, payment.id)
        operations.settle(intent_id=payment.id, now=timezone.now())
        return Hold.objects.get(attempt__order=order)

    return make


@pytest.fixture
def support(client):
    person = make_staff("support")
    sign_in(client, person)
    return person


def answer(client, hold, **data):
    return client.post(english("answer-hold", hold.pk), data, follow=True).content.decode()


def test_the_list_says_what_waits_and_how_long_it_may(client, make_hold, support, clock):
    hold = make_hold()
    clock.shift(4.5 * 86400)

    page = client.get(english("holds")).content.decode()

    assert hold.attempt.order.number in page
    assert "1 day left" in page
    assert "Huile d&#x27;argan 250 ml" in page


def test_accepting_takes_the_money_and_names_who_did(client, bank, make_hold, support):
    hold = make_hold()

    page = answer(client, hold, answer="accept")

    hold.refresh_from_db()
    assert (hold.answer, hold.answered_by, Order.objects.get().status) == ("ACCEPTED", support, "PAID")
    assert "the money is taken" in page


def test_refusing_asks_why_and_frees_the_card(client, bank, make_hold, support):
    hold = make_hold()

    without = answer(client, hold, answer="refuse", note=" ")
    still = Hold.objects.get().answer
    page = answer(client, hold, answer="refuse", note="no wool left")

    hold.refresh_from_db()
    assert ("Write in a few words why." in without, still) == (True, "")
    assert (hold.answer, hold.reason, Order.objects.get().status) == ("REFUSED", "no wool left", "CANCELLED")
    assert "the card is free again" in page
    assert next(iter(bank.bank.intents.values()))["status"] == "canceled"


def test_a_bank_that_is_away_keeps_the_answer_and_a_job_does_the_rest(client, bank, make_hold, support, run_jobs):
    hold = make_hold()
    bank.faults.add("unreachable", path="capture$", times=3)

    page = answer(client, hold, answer="accept")
    waiting = Order.objects.get().status
    run_jobs()

    assert "Your answer is kept" in page
    assert (waiting, Order.objects.get().status) == ("PENDING_PAYMENT", "PREPARING")


def test_a_second_answer_is_told_what_stands(client, make_hold, support):
    hold = make_hold()
    answer(client, hold, answer="refuse", note="no wool left")

    page = answer(client, hold, answer="accept")

    assert "Nothing was changed: refused." in page


def test_an_answer_of_another_kind_and_a_hold_that_is_none_are_not_there(client, make_hold, support):
    hold = make_hold()

    answers = [
        client.post(english("answer-hold", hold.pk), {"answer": "perhaps"}).status_code,
        client.post(english("answer-hold", 10**9), {"answer": "accept"}).status_code,
        client.get(english("answer-hold", hold.pk)).status_code,
    ]

    assert answers == [404, 404, 405]


@pytest.mark.parametrize(
    ("group", "sees", "may"), [("finance", 200, 403), ("logistics", 403, 403), ("director", 200, 302)]
)
def test_whoever_may_look_may_not_always_answer(client, make_hold, group, sees, may):
    hold = make_hold()
    sign_in(client, make_staff(group))

    assert client.get(english("holds")).status_code == sees
    assert client.post(english("answer-hold", hold.pk), {"answer": "accept"}).status_code == may


def test_the_list_asks_the_same_for_one_and_for_three(client, make_hold, support, django_assert_num_queries):
    make_hold()
    client.get(english("holds"))
    with CaptureQueriesContext(connection) as first:
        client.get(english("holds"))
    for _ in range(2):
        make_hold()

    with django_assert_num_queries(len(first)):
        client.get(english("holds"))


def test_today_counts_what_waits(client, make_hold, support, clock):
    make_hold()
    clock.shift(5.5 * 86400)

    page = client.get(english("home")).content.decode()

    assert "Waiting for acceptance" in page
    assert "ends within a day: 1" in page.replace("<bdi>", "").replace("</bdi>", "")


def test_the_figures_count_what_waits(client, make_hold):
    make_hold()

    page = client.get("/metrics").content.decode()

    assert 'shop_holds_unanswered{ends="any time"} 1\n' in page
    assert 'shop_holds_unanswered{ends="within a day"} 0\n' in page
