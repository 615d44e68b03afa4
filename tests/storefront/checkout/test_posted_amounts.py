"""Prices, currencies, rates, taxes and totals that a browser sends are not even read."""

import pytest

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from storefront.basket.models import Basket, Line
from tests.factories.catalogue import make_stockrecord
from tests.factories.orders import Guest, open_deliveries, stock

pytestmark = pytest.mark.django_db
INVENTED = {
    "price": "0.01",
    "unit_price": "0.01",
    "price_incl_tax": "0.01",
    "price_excl_tax": "0.01",
    "line_price_incl_tax": "0.01",
    "currency": "USD",
    "price_currency": "USD",
    "side": "export",
    "tax": "0",
    "vat_rate_pct": "0",
    "mad_per_unit": "100",
    "rate": "100",
    "price_list": "999",
    "farm_gate_mad": "0",
    "part_office": "0",
    "discount": "1000",
    "shipping": "0",
    "shipping_incl_tax": "0",
    "delivery_price": "0",
    "total": "0.01",
    "total_incl_tax": "0.01",
    "amount": "1",
    "status": "PAID",
    "paid": "1",
    "user_id": "1",
    "number": "2222222222",
    "basket": "1",
}


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def figures(order):
    lines = order.lines.order_by("pk").values_list(
        "quantity", "unit_price_incl_tax", "unit_price_excl_tax", "line_price_incl_tax", "farm_gate_mad", "price_id"
    )
    return [
        order.currency,
        order.side,
        order.mad_per_unit,
        order.price_list_id,
        order.total_incl_tax,
        order.total_excl_tax,
        order.shipping_incl_tax,
        order.status,
        order.user_id,
        *lines,
    ]


def buy(records, invented):
    """Buy through every form on the way, each with invented figures beside its own fields; return the order."""
    guest = Guest(language="en")
    for record in records:
        guest.post(f"basket/add/{record.product_id}/", **invented | {"quantity": "1", "stockrecord": record.pk})
    line = Line.objects.filter(basket__status=Basket.OPEN).earliest("pk")
    guest.post(f"basket/lines/{line.pk}/", **invented | {"quantity": "3"})
    guest.post("basket/accept/", **invented)
    filled = guest.filled(**invented)
    answer = guest.post("checkout/place/", **invented | filled)
    assert answer.status_code == 302
    return Order.objects.latest("pk")


def test_no_form_of_basket_and_checkout_takes_a_figure_from_the_browser():
    records = [make_stockrecord(price="120.00", in_stock=50), stock("47.50", in_stock=50)]

    honest, invented = buy(records, {}), buy(records, INVENTED)

    assert figures(invented) == figures(honest)
    assert invented.number != INVENTED["number"]
    assert [(name, rows) for name, rows in violations() if rows] == []


@pytest.mark.parametrize("name", sorted(INVENTED))
def test_a_basket_line_is_priced_by_the_list_whatever_is_sent(name):
    record = stock("120.00")
    guest = Guest(language="en")

    guest.post(f"basket/add/{record.product_id}/", quantity="2", stockrecord=record.pk, **{name: INVENTED[name]})

    line = Line.objects.get()
    assert (line.quantity, line.price_currency, str(line.price_incl_tax)) == (2, "MAD", "120.00")
    assert line.basket.mad_per_unit == 1
