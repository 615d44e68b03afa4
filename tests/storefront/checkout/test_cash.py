"""The checkout where cash and card ask different sums: each says its own, and only a sum that was shown is placed."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from catalogue.kernel import formats
from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from storefront.notifications.letters import order_letter
from tests.factories.duties import end_duty, make_duty
from tests.factories.offers import make_offer
from tests.factories.orders import Guest, open_deliveries, seal_of, stock

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def guest_with_odd_basket(language="fr"):
    """Their goods come to 150.75 after ten percent; 185.75 with the delivery home, 210.75 by express."""
    make_offer(percent="10")
    guest = Guest(language=language)
    guest.add(stock("120.00"))
    guest.add(stock("47.50"))
    return guest


def money(amount, language="fr"):
    return formats.money(D(amount), "MAD", language)


def words(language):
    """Return what the rows of the duty and of the rounding are called."""
    with override(language):
        return gettext("Stamp duty on cash"), gettext("Rounded down for cash")


def page_of(guest, **changes):
    return guest.post("checkout/", step="quote", **guest.filled(seal="", **changes)).content.decode()


def choice(page, name, value):
    return re.search(rf'<label class="choice"><input type="radio" name="{name}" value="{value}".*?</label>', page)[0]


def total_row(page):
    return re.search(r"data-sum-total>(.*?)</dd>", page)[1]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_each_way_to_pay_says_its_total_and_cash_says_what_it_is_made_of(language):
    make_duty("buyer")
    guest = guest_with_odd_basket(language)
    stamp, rounded = words(language)

    cash, card = (page_of(guest, payment=method) for method in ("cash", "card"))

    for page in (cash, card):
        assert money("186.00", language) in choice(page, "payment", "cash")
        assert money("185.75", language) in choice(page, "payment", "card")
    assert money("186.00", language) in total_row(cash)
    assert money("185.75", language) in total_row(card)
    assert (stamp in cash, rounded in cash, money("0.46", language) in cash) == (True, True, True)
    assert (stamp in card, rounded in card) == (False, False)
    assert money("211.00", language) in choice(cash, "delivery", "express")
    assert money("210.75", language) in choice(card, "delivery", "express")


def test_a_duty_of_the_office_is_shown_to_no_buyer():
    make_duty("office")
    guest = guest_with_odd_basket("en")

    page = page_of(guest)
    order_page = guest.client.get(guest.place().url).content.decode()

    assert Order.objects.get().stamp_duty == D("0.46")
    assert "Stamp duty" not in page + order_page
    assert ("Rounded down for cash" in page, "Rounded down for cash" in order_page) == (True, True)


def test_nothing_is_said_where_cash_asks_the_same():
    make_duty("office")
    guest = Guest(language="en")
    guest.add(stock("120.00"))

    page = page_of(guest)

    assert ("data-door" in page, "Rounded down" in page) == (False, False)


@pytest.mark.parametrize(("payment", "total"), [("cash", "185.50"), ("card", "185.75")])
@pytest.mark.parametrize("shown", ["cash", "card"])
def test_either_way_to_pay_is_placed_at_the_total_the_page_showed_for_it(shown, payment, total):
    guest = guest_with_odd_basket()
    seal = seal_of(guest.post("checkout/", step="quote", **guest.filled(seal="", payment=shown)))

    guest.place(payment=payment, seal=seal)

    assert (Order.objects.get().total_incl_tax, Order.objects.get().payment_method) == (D(total), payment)


def test_a_combination_that_the_page_showed_no_sum_for_comes_again_with_it():
    guest = guest_with_odd_basket("en")
    seal = seal_of(guest.post("checkout/", step="quote", **guest.filled(seal="", payment="cash", delivery="home")))

    answer = guest.place(payment="card", delivery="express", seal=seal)

    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert "The total has changed." in answer.content.decode()
    assert money("210.75", "en") in total_row(answer.content.decode())


def test_what_was_shown_for_a_card_is_no_promise_for_cash_under_a_new_duty():
    guest = guest_with_odd_basket("en")
    data = guest.filled(payment="cash")
    make_duty("buyer", rate_pct="1")

    answer = guest.post("checkout/place/", **data)
    page = answer.content.decode()
    again = guest.post("checkout/place/", **data | {"seal": seal_of(answer)})

    assert (answer.status_code, again.status_code) == (409, 302)
    assert money("187.50", "en") in total_row(page)
    assert Order.objects.get().total_incl_tax == D("187.50")


def test_a_change_of_rate_between_page_and_button_asks_again():
    row = make_duty("buyer")
    guest = guest_with_odd_basket()
    data = guest.filled()
    end_duty(row)
    make_duty("buyer", rate_pct="2", since_days=0)

    assert guest.post("checkout/place/", **data).status_code == 409


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_page_receipt_and_letter_say_what_is_asked_at_the_door(language):
    make_duty("buyer")
    guest = guest_with_odd_basket(language)
    guest.place()
    order = Order.objects.get()
    stamp, rounded = words(language)

    letter = order_letter(order, "confirmed")
    texts = [
        guest.get(f"orders/{order.number}/").content.decode(),
        guest.get(f"orders/{order.number}/receipt/").content.decode(),
        letter.text,
        letter.html,
    ]

    for text in texts:
        for expected in (stamp, rounded, money("0.46", language), money("-0.21", language), money("186.00", language)):
            assert expected in text, expected
    assert money("186.00", language) in letter.sms or "186" in letter.sms


def test_placing_with_all_that_cash_asks_keeps_to_its_queries():
    make_duty("buyer")
    guest = Guest()
    for _ in range(3):
        guest.add(stock("120.00"))
    data = guest.filled()

    with CaptureQueriesContext(connection) as queries:
        guest.post("checkout/place/", **data)

    assert Order.objects.get().stamp_duty > 0
    assert len(queries) <= 25, f"{len(queries)}\n" + "\n".join(query["sql"][:150] for query in queries)
    assert [rows for _name, rows in violations() if rows] == []
