"""A price list starts while an order is being placed: the order is of one list. Its twin reads prices twice."""

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.pricing.models import PriceList
from fulfilment.orders import queries
from fulfilment.orders.models import Order
from fulfilment.orders.operations import placing
from fulfilment.orders.policies import Quote
from storefront.checkout import operations as checkout
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import make_basket, make_wanted, open_deliveries, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def publish_between(monkeypatch):
    """Let another list start, on a connection of its own, right after placing has read its prices."""
    real, started = queries.price_rows, []

    def read_then_publish(*args, **kwargs):
        rows = real(*args, **kwargs)
        if not started:
            started.append(run_together(publish_prices, workers=1))
        return rows

    return lambda: monkeypatch.setattr(placing.queries, "price_rows", read_then_publish)


def place(publish_between):
    open_deliveries()
    records = [make_stockrecord(price="120.00"), stock("47.50", farm_gate="10.00")]
    basket = make_basket(*((record, 2) for record in records))
    wanted = make_wanted(basket)
    StockRecord.objects.update(price="200.00")
    publish_between()
    placed = checkout.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())
    return Order.objects.get(pk=placed.order_id)


def lists_of(order):
    return {order.price_list_id, *order.lines.values_list("price__price_list_id", flat=True)}


def test_an_order_placed_while_a_list_starts_is_of_the_list_it_was_shown(publish_between):
    order = place(publish_between)

    before, after = PriceList.objects.order_by("pk")
    assert (before.ends_at is None, after.ends_at is None) == (False, True)
    assert lists_of(order) == {before.pk}
    assert order.total_incl_tax == sum(line.line_price_incl_tax for line in order.lines.all()) + order.shipping_incl_tax
    assert [(name, rows) for name, rows in violations() if rows] == []


def test_twin_that_reads_prices_twice_and_asks_nobody_mixes_two_lists(monkeypatch, publish_between):
    real = queries.quote

    def read_again(items, *, shopping, zone_code, now, rows=None, offers, **others):
        return real(items, shopping=shopping, zone_code=zone_code, now=timezone.now(), offers=offers, **others)

    monkeypatch.setattr(placing.queries, "quote", read_again)
    monkeypatch.setattr(Quote, "fingerprint", lambda self, delivery, method: "whatever was shown")

    order = place(publish_between)

    assert lists_of(order) == set(PriceList.objects.values_list("pk", flat=True))
    assert "orders: each line was sold at its published price" in [name for name, rows in violations() if rows]
