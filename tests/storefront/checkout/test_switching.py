"""Language, currency and destination change on any page: the basket goes along, an order never does."""

import re

import pytest

from fulfilment.orders.models import Order
from storefront.basket.models import Basket, Line
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db
AMOUNTS = re.compile(r"(?:EUR|MAD|US\$|USD)\u00a0[\d,.]+")


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def switch(guest, page, **chosen):
    return guest.post("preferences/", next=guest.url(page), **chosen)


def main_of(answer):
    return re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL).group(0)


@pytest.mark.parametrize("page", ["basket/", "checkout/", "", "search/?q=huile", "accounts/login/"])
def test_a_switch_on_any_page_keeps_what_is_in_the_basket(page):
    guest = Guest(language="en")
    guest.add(stock("120.00"), 3)

    answers = [
        switch(guest, page, currency="EUR"),
        switch(guest, page, destination="FR"),
        switch(guest, page, language="fr"),
    ]
    guest.language = "fr"
    looked = guest.get("basket/")

    basket, line = Basket.objects.get(), Line.objects.get()
    assert {answer.status_code for answer in answers} == {302}
    assert (basket.currency, basket.side, line.quantity, line.price_currency) == ("EUR", "export", 3, "EUR")
    assert len(looked.context["lines"]) == 1


def test_a_switch_at_the_checkout_asks_to_look_at_the_total_again():
    guest = Guest(language="en")
    guest.add(stock("120.00"))
    filled = guest.filled()
    switch(guest, "checkout/", currency="EUR")

    answer = guest.post("checkout/place/", **filled | {"payment": "card"})

    assert answer.status_code == 409
    assert "The total has changed." in answer.content.decode()
    assert not Order.objects.exists()


def test_going_back_from_the_payment_shows_the_order_s_own_currency_everywhere():
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock("120.00"), 2)
    guest.place()
    order = Order.objects.get()
    closed = Basket.objects.values().get()

    switch(guest, f"orders/{order.number}/pay/", currency="MAD", destination="MA")
    pages = [main_of(guest.get(f"orders/{order.number}/{end}")) for end in ("pay/", "")]
    basket = guest.get("basket/")

    for page in pages:
        assert {amount[:3] for amount in AMOUNTS.findall(page)} == {"EUR"}
        assert f"EUR\u00a0{order.total_incl_tax}" in page
    assert "Your basket is empty" in basket.content.decode()
    assert Basket.objects.values().get() == closed


def test_a_new_basket_after_an_order_is_in_the_new_currency_and_the_order_in_its_own():
    record = stock("120.00")
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(record)
    guest.place()
    switch(guest, "", currency="USD", destination="US")

    guest.add(record)

    assert list(Basket.objects.order_by("pk").values_list("currency", "status")) == [
        ("EUR", "Submitted"),
        ("USD", "Open"),
    ]
    assert Order.objects.get().currency == "EUR"


@pytest.mark.parametrize("unknown", ["GBP", "eur", "%E2%82%AC", "", "'; --", "EURO"])
def test_an_unknown_currency_in_cookie_or_form_changes_nothing(unknown):
    guest = Guest(language="en")
    guest.add(stock("120.00"))

    switch(guest, "basket/", currency=unknown)
    guest.client.cookies["currency"] = unknown
    answer = guest.get("basket/")

    assert answer.status_code == 200
    assert (Basket.objects.get().currency, Line.objects.get().price_currency) == ("MAD", "MAD")
