"""Publishing while orders are placed: every order's lines come from one list, and the order says which.

The new list keeps the price and changes what the cooperatives get of it, so that a buyer's page notices nothing.
"""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import PriceList
from fulfilment.orders import queries
from fulfilment.orders.models import Order
from storefront.checkout import operations as checkout
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import make_basket, make_wanted, open_deliveries
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
READ = queries.price_rows


@pytest.fixture
def goods():
    open_deliveries()
    records = [make_stockrecord(price="120.00", farm_gate="80.00", in_stock=20) for _ in range(2)]
    publish_prices(timezone.now() - timedelta(hours=1))
    return records


class Publisher:
    """Publishes once someone is in the middle of reading prices, and tells when it has."""

    def __init__(self):
        self.may_start, self.has_published = threading.Event(), threading.Event()
        self.starts_at = timezone.now()

    def publish(self):
        assert self.may_start.wait(timeout=20)
        pricing.publish_opening_list(now=self.starts_at)
        self.has_published.set()

    def let_it_publish(self):
        self.may_start.set()
        assert self.has_published.wait(timeout=20)


def place_while(monkeypatch, publisher, goods, buyers, read):
    """Let buyers press the button while a list is being published; ``read`` is how placing reads prices."""
    ready = []
    for _ in range(buyers):
        basket = make_basket(*((record, 1) for record in goods))
        ready.append((basket.pk, make_wanted(basket)))

    StockRecord.objects.update(farm_gate_price=81)
    monkeypatch.setattr(queries, "price_rows", read)

    def work(number):
        if number == buyers:
            return publisher.publish()
        basket_id, wanted = ready[number]
        return checkout.place(basket_id=basket_id, wanted=wanted, now=timezone.now())

    return run_together(work, workers=buyers + 1)


def lists_of_orders():
    return [
        (order.price_list_id, {line.price.price_list_id for line in order.lines.select_related("price")})
        for order in Order.objects.prefetch_related("lines__price")
    ]


def broken():
    return [name for name, rows in violations() if rows and name.startswith(("orders: each line", "prices"))]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_every_order_is_of_one_list_and_says_which(monkeypatch, goods, moment):
    publisher, first = Publisher(), threading.Lock()

    def read(*args, **options):
        if not first.acquire(blocking=False):
            return READ(*args, **options)
        if moment == "before":
            publisher.let_it_publish()
            return READ(*args, **options)
        rows = READ(*args, **options)
        publisher.let_it_publish()
        return rows

    place_while(monkeypatch, publisher, goods, buyers=3, read=read)

    assert PriceList.objects.count() == 2
    assert [lines for _, lines in lists_of_orders()] == [{price_list} for price_list, _ in lists_of_orders()]
    assert (len(lists_of_orders()), broken()) == (3, [])


def test_twin_reading_prices_one_by_one_mixes_two_lists(monkeypatch, goods):
    publisher = Publisher()

    def read_one_by_one(ids, *, shopping, now):
        rows = {}
        for pk in sorted(set(ids)):
            rows |= READ([pk], shopping=shopping, now=now)
            publisher.let_it_publish()
        return rows

    place_while(monkeypatch, publisher, goods, buyers=1, read=read_one_by_one)

    assert [len(lines) for _, lines in lists_of_orders()] == [2]
    assert broken() == ["orders: each line was sold at its published price"]
