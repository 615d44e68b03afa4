"""Whatever is ordered, in every currency and to either side: an order is the sum of its frozen rows, to the cent."""

import random
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.money import ROUNDING, convert, quantize, round_up_to
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CARD
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.payments import operations as payments
from fulfilment.payments.models import PaymentAttempt
from fulfilment.shipping.models import Tariff
from tests.factories.bank import open_bank, pay
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord, publish_prices
from tests.factories.orders import Guest, open_deliveries, place_order
from tests.support.breakdowns import amounts

pytestmark = pytest.mark.django_db

WAYS = [(currency, destination) for currency in ("MAD", "EUR", "USD") for destination in ("MA", "FR", "US")]
RATES = {"MAD": Decimal(1), "EUR": Decimal("10.80"), "USD": Decimal("9.30")}


@pytest.fixture
def shelf():
    """Twelve things of three cooperatives, at odd prices and every rate of VAT."""
    open_deliveries()
    chance = random.Random(20261125)
    cooperatives = [make_cooperative() for _ in range(3)]
    records = []
    for number in range(12):
        price = Decimal(chance.randrange(500, 40_000)) / 100
        records.append(
            make_stockrecord(
                product=make_product(vat_class=("N20", "R10", "EXO")[number % 3]),
                cooperative=cooperatives[number % 3],
                price=str(price),
                farm_gate=str(quantize(price * chance.randrange(20, 80) / 100)),
                in_stock=500,
            )
        )
    publish_prices()
    return records


def baskets(shelf, destination):
    """Yield a few purchases, the same on every run."""
    chance = random.Random(destination)
    for _ in range(3):
        yield [(record, chance.randrange(1, 8)) for record in chance.sample(shelf, chance.randrange(1, 6))]


def delivery_of(order, goods):
    """Work out the delivery the long way round: the tariff in dirhams, at the order's frozen rate, up to its step."""
    zone = {"MA": "MA3", "FR": "IN-1", "US": "IN-5"}[order.destination]
    tariff = Tariff.objects.get(zone__code=zone, method=order.shipping_code)
    if tariff.free_from_mad and quantize(goods * order.mad_per_unit) >= tariff.free_from_mad:
        return Decimal("0.00")
    if order.currency == "MAD":
        return tariff.price_mad
    return round_up_to(convert(tariff.price_mad, order.mad_per_unit), ROUNDING[order.currency])


@pytest.mark.parametrize(("currency", "destination"), WAYS)
def test_an_order_is_the_sum_of_its_rows_and_goods_and_delivery_are_in_its_currency(shelf, currency, destination):
    for items in baskets(shelf, destination):
        order = place_order(*items, shopping=Shopping(currency, destination), payment_method=CARD)

        lines = list(frozen_lines().filter(order=order))
        goods = sum(line.price.price * line.quantity for line in lines)
        tax = sum(line.price.part_tax * line.quantity for line in lines)
        assert order.total_incl_tax == goods + order.shipping_incl_tax
        assert order.total_incl_tax - order.total_excl_tax == tax
        assert (destination == "MA") or tax == 0
        assert breakdown_of(order, lines).total == order.total_incl_tax
        assert {(order.currency, order.side, order.price_list_id)} == {
            (line.price.currency, line.price.side, line.price.price_list_id) for line in lines
        }
        assert order.mad_per_unit == RATES[currency]
        assert order.shipping_incl_tax == delivery_of(order, goods)
    assert [name for name, rows in violations() if rows] == []


@pytest.mark.parametrize(("currency", "destination"), [way for way in WAYS if way[1] != "US"])
def test_from_the_basket_to_the_bank_one_amount_in_one_currency(shelf, currency, destination):
    """What the basket shows, what the order says, what the bank is asked for and what it takes."""
    guest = Guest(currency=currency, destination=destination)
    for record in shelf[:3]:
        guest.add(record, 2)
    _parts, goods = amounts(guest.get("basket/"))

    guest.place(payment="card")

    order = Order.objects.get()
    assert (order.currency, order.total_incl_tax) == (currency, goods + order.shipping_incl_tax)
    with open_bank() as bank:
        payment = payments.start(order_id=order.pk, now=timezone.now())
        asked = bank.bank.intents[payment.id]
        pay(bank, payment.id)
        payments.settle(intent_id=payment.id, now=timezone.now())
    assert (asked["amount"], asked["currency"]) == (int(order.total_incl_tax * 100), currency.lower())
    assert PaymentAttempt.objects.get().amount == order.total_incl_tax
    assert Order.objects.get().status == "PAID"


def test_the_same_goods_cost_and_send_for_different_figures_in_each_currency(shelf):
    orders = {
        currency: place_order((shelf[0], 2), shopping=Shopping(currency, "FR"), payment_method=CARD)
        for currency in RATES
    }

    assert len({order.total_incl_tax for order in orders.values()}) == 3
    assert len({order.shipping_incl_tax for order in orders.values()}) == 3
    in_mad = {quantize(order.shipping_incl_tax * order.mad_per_unit) for order in orders.values()}
    assert max(in_mad) - min(in_mad) <= Decimal("1.08")  # a step of the dearest currency, no more
