"""Switching currency while something else happens to the basket. Each race has a twin without its guard."""

import threading

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import registered, violations
from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import PriceList
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments.models import PaymentAttempt
from storefront.basket import operations
from storefront.basket.models import Basket, BasketMoved
from storefront.checkout import operations as checkout
from tests.factories.bank import open_bank
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import Guest, make_basket, make_wanted, open_deliveries, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
OF_ONE_LIST = "baskets: every line has its price from the basket's own list"
EURO, DOLLAR = Shopping("EUR", "MA"), Shopping("USD", "MA")


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def again(basket):
    mine = Basket.objects.get(pk=basket.pk)
    mine.strategy = basket.strategy
    return mine


def fresh(record):
    return StockRecord.objects.select_related("partner", "product").get(pk=record.pk)


def astray():
    return list(registered()[OF_ONE_LIST]())


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_switching_and_adding_at_once_leave_one_currency_one_list_and_its_prices():
    record, other = make_stockrecord(), stock()
    basket = make_basket((record, 1))

    def switch_or_add(number):
        mine = again(basket)
        if number % 2:
            operations.switch_currency(basket=mine, shopping=EURO, now=timezone.now())
        else:
            operations.add(basket=mine, product=other.product, stockrecord=fresh(other), quantity=1)

    run_together(switch_or_add, workers=8)

    basket.refresh_from_db()
    assert (basket.currency, basket.price_list) == ("EUR", PriceList.objects.get())
    assert sorted(basket.lines.values_list("quantity", "price_currency")) == [(1, "EUR"), (4, "EUR")]
    assert astray() == []


def publish_and_add_at_once(monkeypatch):
    """Add to a basket from a list that ends between the look and the write, while the rest is priced anew."""
    record, other = make_stockrecord(price="120.00"), make_stockrecord(price="150.00")
    publish_prices()
    basket = make_basket((record, 1))
    looked, repriced = threading.Event(), threading.Event()
    real = Basket._create_line_reference

    def wait_for_the_other(self, *args):
        looked.set()
        repriced.wait(timeout=1)  # with the lock, the other waits for us instead
        return real(self, *args)

    monkeypatch.setattr(Basket, "_create_line_reference", wait_for_the_other)

    def add_or_accept(number):
        mine = again(basket)
        if number == 0:
            operations.add(basket=mine, product=other.product, stockrecord=fresh(other), quantity=1)
        else:
            looked.wait(timeout=20)
            StockRecord.objects.update(price="200.00")
            publish_prices()
            operations.accept_prices(basket=mine, now=timezone.now())
            repriced.set()

    run_together(add_or_accept, workers=2)
    return astray()


def test_a_line_added_while_a_list_starts_is_priced_from_the_basket_s_list(monkeypatch):
    assert publish_and_add_at_once(monkeypatch) == []


def test_twin_without_the_lock_it_is_priced_from_the_list_that_ended(monkeypatch):
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    assert len(publish_and_add_at_once(monkeypatch)) == 1


def switch_twice_at_once(monkeypatch, switch):
    """Let the second switch begin when the first has written its lines and not yet the basket."""
    basket = make_basket((stock(), 1))
    halfway, second_done = threading.Event(), threading.Event()
    real = Basket._take_over

    def wait_for_the_second(self, terms, price_list):
        if terms.currency == "EUR":
            halfway.set()
            second_done.wait(timeout=1)  # with the lock, the second waits for us instead
        return real(self, terms, price_list)

    monkeypatch.setattr(Basket, "_take_over", wait_for_the_second)

    def switch_to(number):
        if number == 0:
            switch(basket=again(basket), shopping=EURO, now=timezone.now())
        else:
            halfway.wait(timeout=20)
            switch(basket=again(basket), shopping=DOLLAR, now=timezone.now())
            second_done.set()

    run_together(switch_to, workers=2)

    basket.refresh_from_db()
    return basket.currency, basket.lines.get().price_currency


def test_of_two_switches_at_once_the_second_has_the_last_word(monkeypatch):
    assert switch_twice_at_once(monkeypatch, operations.switch_currency) == ("USD", "USD")
    assert astray() == []


def test_twin_without_lock_and_transaction_basket_and_line_part_ways(monkeypatch):
    monkeypatch.setattr(Basket, "lock", lambda self: None)
    monkeypatch.setattr(operations, "_switch", operations._switch.__wrapped__)

    assert switch_twice_at_once(monkeypatch, operations.switch_currency) == ("EUR", "USD")
    assert len(astray()) == 1


def switch_while_placing(monkeypatch):
    """Switch a basket when placing has closed it and not yet written its order; give the closed basket's currency."""
    basket = make_basket((stock(), 2))
    wanted = make_wanted(basket)
    closed, switched = threading.Event(), threading.Event()
    real = checkout.orders.place

    def wait_for_the_switch(**kwargs):
        closed.set()
        switched.wait(timeout=1)  # with the lock, the switch waits for us instead
        return real(**kwargs)

    monkeypatch.setattr(checkout.orders, "place", wait_for_the_switch)

    def place_or_switch(number):
        mine = again(basket)
        if number == 0:
            return checkout.place(basket_id=mine.pk, wanted=wanted, now=timezone.now())
        closed.wait(timeout=20)
        operations.switch_currency(basket=mine, shopping=EURO, now=timezone.now())
        switched.set()
        return None

    _placed, told = run_together(place_or_switch, workers=2, expected=BasketMoved)

    order = Order.objects.get()
    assert (order.currency, {line.price.currency for line in order.lines.all()}) == ("MAD", {"MAD"})
    basket.refresh_from_db()
    return basket.currency, type(told)


def test_the_basket_of_an_order_being_placed_is_closed_to_a_switch(monkeypatch):
    assert switch_while_placing(monkeypatch) == ("MAD", BasketMoved)
    assert broken() == []


def test_twin_without_the_lock_the_ordered_basket_goes_over_to_another_currency(monkeypatch):
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    assert switch_while_placing(monkeypatch) == ("EUR", type(None))


def place_after_a_switch():
    basket = make_basket((stock(), 2))
    wanted = make_wanted(basket)
    switched = threading.Event()

    def place_or_switch(number):
        if number == 0:
            switched.wait(timeout=20)
            return checkout.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())
        operations.switch_currency(basket=again(basket), shopping=EURO, now=timezone.now())
        return switched.set()

    told, _ = run_together(place_or_switch, workers=2, expected=checkout.Switched)
    return type(told), Order.objects.count(), Basket.objects.get().status


def test_a_basket_switched_just_before_placing_is_not_ordered_in_the_old_currency():
    assert place_after_a_switch() == (checkout.Switched, 0, Basket.OPEN)


def test_twin_without_a_look_at_the_basket_s_currency_it_is_ordered_in_the_one_it_left(monkeypatch):
    read = checkout._goods_of
    monkeypatch.setattr(checkout, "_goods_of", lambda basket_id: (*read(basket_id)[:2], ("MAD", "home")))

    assert place_after_a_switch() == (orders.Placed, 1, Basket.SUBMITTED)
    assert (Order.objects.get().currency, Basket.objects.get().currency) == ("MAD", "EUR")


def test_pages_that_switch_and_order_at_once_make_one_order_of_one_currency_or_tell():
    first, second = make_stockrecord(price="120.00"), stock("47.50")
    for _ in range(3):
        guest = Guest(language="en")
        guest.add(first)
        guest.add(second, 2)
        filled = guest.filled()
        other = Guest(language="en", currency="EUR")
        other.client.cookies["oscar_open_basket"] = guest.client.cookies["oscar_open_basket"].value
        tabs = (lambda: guest.post("checkout/place/", **filled), lambda: other.get("basket/"))

        placed, looked = run_together(lambda number: tabs[number](), workers=2)

        assert (placed.status_code, looked.status_code) in ((302, 200), (409, 200))
        if placed.status_code == 409:
            assert "another currency or country in another window" in placed.content.decode()
            Basket.objects.filter(status=Basket.OPEN).update(status=Basket.SAVED)
    assert {order.currency for order in Order.objects.all()} <= {"MAD"}
    assert broken() == []


def pay_and_switch():
    """Return what became of paying an order in euros while another window goes over to dirhams."""
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock("120.00"), 2)
    guest.place()
    order = Order.objects.get()
    other = Guest(language="en", destination="MA", currency="MAD")
    for name in ("oscar_open_basket", "orders"):
        if name in guest.client.cookies:
            other.client.cookies[name] = guest.client.cookies[name].value
    tabs = [lambda: guest.post(f"orders/{order.number}/pay/start/"), lambda: other.get("basket/")]

    with open_bank() as bank:
        started, looked = run_together(lambda number: tabs[number % 2](), workers=6)[:2]
        (intent,) = bank.bank.intents.values()

    assert (started.status_code, looked.status_code) == (200, 200)
    assert (intent["amount"], intent["currency"]) == (int(order.total_incl_tax * 100), "eur")
    attempt = PaymentAttempt.objects.get()
    assert (attempt.amount, attempt.currency) == (order.total_incl_tax, "EUR")
    return Basket.objects.values_list("currency", "side", "status").get()


def test_paying_and_switching_at_once_charge_what_the_order_says_and_leave_its_basket_alone():
    assert pay_and_switch() == ("EUR", "export", Basket.SUBMITTED)


def test_twin_with_the_basket_of_an_order_still_open_to_others_it_goes_over(monkeypatch):
    monkeypatch.setattr(Basket, "open", Basket.objects)
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    assert pay_and_switch() == ("MAD", "home", Basket.SUBMITTED)
