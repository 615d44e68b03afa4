"""Buying at once. Each race has a twin without its guard, which shows what the guard is for."""

import threading
from secrets import token_hex

import psycopg
import pytest
from django.db import connections

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from fulfilment.payments.gateways.base import Charge
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations import starting
from storefront.basket.models import Basket
from storefront.checkout import operations as checkout
from tests.factories.bank import open_bank, pay
from tests.factories.orders import Guest, open_deliveries, place_order, stock
from tests.support import servers
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
HOLD = "catalogue.lots.operations.holding"


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def buyers(record, count):
    """Return guests who have read the checkout page, each with what their form would send."""
    guests = [Guest(language="en") for _ in range(count)]
    for guest in guests:
        guest.add(record)
    return [(guest, guest.filled()) for guest in guests]


def tabs(guest, count):
    """Return one browser's checkout page open in several tabs."""
    filled = guest.filled()
    opened = [Guest(language=guest.language) for _ in range(count)]
    for tab in opened:
        tab.client.cookies = guest.client.cookies
    return [(tab, filled) for tab in opened]


def press_together(ready):
    """Press every buyer's button at once. A fault is an answer of 500: the test client hears of all threads' faults."""
    for guest, _filled in ready:
        guest.client.raise_request_exception = False
    return run_together(lambda number: ready[number][0].post("checkout/place/", **ready[number][1]), workers=len(ready))


def faults_of(answers):
    return [str(answer.exc_info[1]) for answer in answers if answer.status_code == 500]


def drop_constraint(table, name):
    """Take away the database's own guard, as the owner; the next test gets a fresh database."""
    _, owner = servers.accounts()
    with psycopg.connect(owner.at(connections["default"].settings_dict["NAME"]), autocommit=True) as admin:
        admin.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def looking_without_lock(monkeypatch, together):
    """Read the stock without its lock; nobody writes before all have looked."""

    def look(rows):
        found = list(rows.select_related("lot__stockrecord__product", "place"))
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(f"{HOLD}.locked", look)


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


def test_twin_without_the_lock_only_the_database_keeps_the_last_unit_and_seven_meet_a_fault(monkeypatch):
    record = stock(in_stock=1)
    ready = buyers(record, 8)
    looking_without_lock(monkeypatch, threading.Barrier(8))

    answers = press_together(ready)

    faults = faults_of(answers)
    assert (Order.objects.count(), len(faults)) == (1, 7)
    assert all("lot_stock_holds_what_is_there" in fault for fault in faults)


def test_twin_without_lock_and_constraint_the_last_unit_is_sold_eight_times(monkeypatch):
    record = stock(in_stock=1)
    ready = buyers(record, 8)
    looking_without_lock(monkeypatch, threading.Barrier(8))
    drop_constraint("partner_stockrecord", "stockrecord_promises_only_what_is_there")
    drop_constraint("lots_lotstock", "lot_stock_holds_what_is_there")

    press_together(ready)

    record.refresh_from_db()
    assert (Order.objects.count(), record.num_in_stock, record.num_allocated) == (8, 1, 8)


def test_ten_presses_of_one_checkout_are_one_order_and_one_charge():
    record = stock(in_stock=50)
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(record, 2)
    ready = tabs(guest, 10)

    with open_bank() as bank:
        answers = press_together(ready)
        order = Order.objects.get()
        started = run_together(lambda: guest.post(f"orders/{order.number}/pay/start/"), workers=10)
        (secret,) = {answer.json()["client_secret"] for answer in started}
        intent_id = secret.split("_secret_")[0]
        pay(bank, intent_id)
        run_together(lambda: guest.get(f"orders/{order.number}/paid/?payment_intent={intent_id}"), workers=5)
        intents = list(bank.bank.intents)

    record.refresh_from_db()
    assert {answer.url for answer in answers} == {f"/en/orders/{order.number}/pay/"}
    assert intents == [intent_id] == [PaymentAttempt.objects.get().intent_id]
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "paid"]
    assert record.num_allocated == 2


def submit_after_all_looked(monkeypatch, together):
    """Close the basket by looking first and writing later, instead of both in one statement."""

    def submit(self):
        is_open = Basket.objects.filter(pk=self.pk, status=Basket.OPEN).exists()
        together.wait(timeout=20)
        assert is_open
        Basket.objects.filter(pk=self.pk).update(status=Basket.SUBMITTED)

    monkeypatch.setattr(Basket, "submit", submit)


def test_twin_without_the_swap_only_the_database_keeps_one_order_and_nine_meet_a_fault(monkeypatch):
    record = stock(in_stock=50)
    guest = Guest(language="en")
    guest.add(record)
    ready = tabs(guest, 10)
    submit_after_all_looked(monkeypatch, threading.Barrier(10))

    answers = press_together(ready)

    faults = faults_of(answers)
    assert (Order.objects.count(), len(faults)) == (1, 9)
    assert all("basket_reference" in fault for fault in faults)


def test_twin_without_swap_and_constraint_one_checkout_is_placed_ten_times(monkeypatch):
    record = stock(in_stock=50)
    guest = Guest(language="en")
    guest.add(record)
    ready = tabs(guest, 10)
    submit_after_all_looked(monkeypatch, threading.Barrier(10))
    drop_constraint("order_order", "order_order_basket_reference_key")

    press_together(ready)

    record.refresh_from_db()
    assert (Order.objects.count(), record.num_allocated) == (10, 10)


def test_twin_without_the_stored_key_five_presses_are_five_charges(monkeypatch):
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock())
    guest.place()
    order = Order.objects.get()
    together, real = threading.Barrier(5), starting.charge_of

    def own_key(attempt):
        together.wait(timeout=20)
        return Charge(**vars(real(attempt)) | {"key": token_hex(8)})

    monkeypatch.setattr(starting, "charge_of", own_key)
    with open_bank() as bank:
        run_together(lambda: guest.post(f"orders/{order.number}/pay/start/"), workers=5)
        intents = list(bank.bank.intents)

    assert len(intents) == 5


def test_two_orders_of_the_same_goods_in_opposite_order_do_not_block_each_other(monkeypatch):
    monkeypatch.setattr(checkout, "TRIES", 1)  # a deadlock is not forgiven
    first, second = stock(in_stock=100), stock(in_stock=100)

    def buy(number):
        items = ((first, 1), (second, 1)) if number % 2 else ((second, 1), (first, 1))
        return place_order(*items)

    orders = run_together(buy, workers=8)

    assert len({order.number for order in orders}) == 8
    assert set(StockRecord.objects.values_list("num_allocated", flat=True)) == {8}


def test_twin_without_the_sorting_one_of_two_opposite_orders_is_a_deadlock(monkeypatch):
    monkeypatch.setattr(checkout, "TRIES", 1)
    first, second = stock(in_stock=100), stock(in_stock=100)
    together = threading.Barrier(2)

    ways = iter(("pk", "-pk"))

    def lock_as_asked(rows):
        found = []
        for number, pk in enumerate(rows.order_by(next(ways)).values_list("pk", flat=True)):
            found.append(
                rows.select_related("lot__stockrecord__product", "place").select_for_update(of=("self",)).get(pk=pk)
            )
            if number == 0:
                together.wait(timeout=20)
        return found

    monkeypatch.setattr(f"{HOLD}.locked", lock_as_asked)

    def buy(number):
        items = ((first, 1), (second, 1)) if number % 2 else ((second, 1), (first, 1))
        return place_order(*items)

    answers = run_together(buy, workers=2, expected=checkout.Busy)

    (lost,) = [answer for answer in answers if isinstance(answer, checkout.Busy)]
    assert lost.__cause__.__cause__.sqlstate == "40P01"
    assert Order.objects.count() == 1
