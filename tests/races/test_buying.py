"""Buying at once. Each race has a twin without its guard, which shows what the guard is for."""

import threading
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.models import Order
from fulfilment.orders.operations import Purchase
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt
from storefront.basket import operations
from storefront.basket.models import Basket, Line
from storefront.demo.stripe.bank import Refused
from tests.factories.bank import open_bank, pay
from tests.factories.orders import Guest, make_basket, open_deliveries, place_order, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def buyers(record, count):
    """Return guests who have read the checkout page, each with what their form would send."""
    guests = [Guest(language="en") for _ in range(count)]
    for guest in guests:
        guest.add(record)
    return [(guest, guest.filled()) for guest in guests]


def press_together(ready):
    return run_together(lambda number: ready[number][0].post("checkout/place/", **ready[number][1]), workers=len(ready))


def without_looking(quantities):
    """Do what a shop does that neither locks nor looks again before it sells."""
    for pk, quantity in quantities.items():
        StockRecord.objects.filter(pk=pk).update(
            num_in_stock=F("num_in_stock") + quantity, num_allocated=F("num_allocated") + quantity
        )


def test_the_last_unit_is_sold_once_and_seven_are_told_kindly():
    record = stock(in_stock=1)
    ready = buyers(record, 8)

    answers = press_together(ready)

    record.refresh_from_db()
    told = [answer for answer in answers if answer.status_code == 409]
    assert Order.objects.count() == 1
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
    assert all("was sold to someone else a moment ago" in answer.content.decode() for answer in told)
    assert (record.num_in_stock, record.num_allocated, record.on_offer) == (1, 1, 0)
    assert Basket.objects.filter(status=Basket.OPEN).count() == 7
    assert [(name, rows) for name, rows in violations() if rows] == []


def test_twin_without_the_lock_and_second_look_the_last_unit_is_sold_eight_times(monkeypatch):
    record = stock(in_stock=1)
    ready = buyers(record, 8)
    monkeypatch.setattr("fulfilment.orders.operations.placing.hold", without_looking)

    press_together(ready)

    assert [order.lines.get().stockrecord_id for order in Order.objects.all()] == [record.pk] * 8


def test_ten_presses_of_one_checkout_are_one_order_and_one_charge():
    record = stock(in_stock=50)
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(record, 2)
    ready = [(guest, guest.filled())] * 10

    with open_bank() as bank:
        answers = press_together(ready)
        order = Order.objects.get()
        started = run_together(lambda: payments.start(order_id=order.pk, now=timezone.now()), workers=5)
        pay(bank, started[0].id)
        run_together(lambda: payments.settle(intent_id=started[0].id, now=timezone.now()), workers=5)
        intents = list(bank.bank.intents)

    record.refresh_from_db()
    assert {answer.url for answer in answers} == {f"/en/orders/{order.number}/pay/"}
    assert intents == [PaymentAttempt.objects.get().intent_id]
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "paid"]
    assert record.num_allocated == 2


def test_twin_without_the_swap_one_checkout_is_placed_ten_times(monkeypatch):
    record = stock(in_stock=50)
    guest = Guest(language="en")
    guest.add(record)
    ready = [(guest, guest.filled())] * 10
    monkeypatch.setattr(Basket, "submit", lambda self: None)
    monkeypatch.setattr("storefront.checkout.operations.orders.Purchase", _without_reference)

    press_together(ready)

    assert Order.objects.count() == 10


def _without_reference(**fields):
    return Purchase(**fields | {"basket_id": None})


def test_adding_at_once_adds_up():
    record = stock(in_stock=50)
    guest = Guest(language="en")
    guest.add(record)

    run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 7


def test_twin_without_the_lock_adding_at_once_goes_over_what_is_left(monkeypatch):
    record = stock(in_stock=3)
    guest = Guest(language="en")
    guest.add(record)
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    together = threading.Barrier(6)
    real = Basket.add_product

    def all_have_looked(self, *args, **kwargs):
        together.wait(timeout=20)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(operations.Basket, "add_product", all_have_looked)
    run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 7


def test_adding_at_once_never_goes_over_what_is_left():
    record = stock(in_stock=3)
    guest = Guest(language="en")
    guest.add(record)

    answers = run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 3
    assert sorted(answer.status_code for answer in answers) == [302] * 2 + [422] * 4


def test_switching_currency_while_adding_leaves_one_currency():
    record, other = stock(), stock()
    basket = make_basket((record, 1))

    def switch_or_add(number):
        mine = Basket.objects.get(pk=basket.pk)
        mine.strategy = basket.strategy
        if number % 2:
            operations.switch_currency(basket=mine, shopping=Shopping("EUR", "MA"), now=timezone.now())
        else:
            operations.add(basket=mine, product=other.product, stockrecord=_fresh(other), quantity=1)

    run_together(switch_or_add, workers=6, expected=operations.NotForSale)

    basket.refresh_from_db()
    assert set(basket.lines.values_list("price_currency", flat=True)) == {basket.currency}


def _fresh(record):
    return StockRecord.objects.select_related("partner").get(pk=record.pk)


def test_two_orders_of_the_same_goods_in_opposite_order_do_not_block_each_other():
    first, second = stock(in_stock=100), stock(in_stock=100)

    def buy(number):
        items = ((first, 1), (second, 1)) if number % 2 else ((second, 1), (first, 1))
        return place_order(*items)

    orders = run_together(buy, workers=8)

    assert len({order.number for order in orders}) == 8
    assert set(StockRecord.objects.values_list("num_allocated", flat=True)) == {8}


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
