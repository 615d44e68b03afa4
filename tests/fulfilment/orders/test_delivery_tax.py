"""The tax within a delivery's price: taken out at the rate of the day, kept with the order, read by every paper."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import VatRate
from catalogue.pricing.queries import carriage_vat_pct
from fulfilment.orders.queries import breakdown_of, frozen_lines
from fulfilment.shipping.policies import Delivery
from storefront.orders.money import money_of
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def delivery(price, vat_pct):
    return Delivery("home", Decimal(price), "MAD", Decimal(price), 2, 4, True, None, Decimal(vat_pct))


@pytest.mark.parametrize(
    ("price", "vat_pct", "tax"),
    [("35.00", 20, "5.83"), ("60.00", 20, "10.00"), ("35.00", 0, "0.00"), ("0.00", 20, "0.00"), ("0.10", 20, "0.02")],
)
def test_the_tax_is_taken_out_of_the_price_and_rounded_once(price, vat_pct, tax):
    assert delivery(price, vat_pct).tax == Decimal(tax)


def test_an_order_at_home_keeps_the_delivery_with_and_without_tax():
    order = place_order((stock("120.00"), 1))

    assert (order.shipping_incl_tax, order.shipping_excl_tax, order.shipping_vat_pct) == (
        Decimal("35.00"),
        Decimal("29.17"),
        Decimal("20.00"),
    )
    goods = sum(line.line_price_excl_tax for line in order.lines.all())
    assert order.total_excl_tax == goods + order.shipping_excl_tax


def test_an_order_abroad_bears_none():
    order = place_order((stock("120.00"), 1), shopping=Shopping("EUR", "FR"))

    assert (order.shipping_excl_tax, order.shipping_vat_pct) == (order.shipping_incl_tax, 0)


def test_breakdown_and_receipt_count_it_with_the_treasury_s():
    order = place_order((stock("120.00"), 1))
    lines = list(frozen_lines().filter(order=order))
    goods_tax = sum(line.line_price_incl_tax - line.line_price_excl_tax for line in lines)

    breakdown = breakdown_of(order, lines)

    assert breakdown.total == order.total_incl_tax
    assert breakdown.of("tax") == goods_tax + Decimal("5.83")
    assert breakdown.of("delivery") == Decimal("29.17")
    assert money_of(order, lines).tax == goods_tax + Decimal("5.83")


def test_a_rate_that_changes_leaves_old_orders_alone():
    before = place_order((stock("120.00"), 1))

    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        connection.cursor().execute("UPDATE order_order SET shipping_vat_pct = 10 WHERE id = %s", [before.pk])


def test_nothing_is_taken_out_while_no_row_says_a_rate():
    assert carriage_vat_pct("home", timezone.localdate()) == 0
    assert not VatRate.objects.exists()
