"""What an order's page and its receipt say of money: the frozen rows, whatever happens to prices afterwards."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from fulfilment.orders.links import key_for, order_path
from fulfilment.orders.queries import for_page
from storefront.orders.money import money_of
from tests.factories.catalogue import publish_prices
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.rates import replace_rate
from tests.support.breakdowns import Taken, amounts

pytestmark = pytest.mark.django_db

WAYS = [("MAD", "MA"), ("EUR", "MA"), ("USD", "MA"), ("MAD", "FR"), ("EUR", "FR"), ("USD", "US")]


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def taken_off(order, *discounts):
    """Return the order as its page reads it, with these taken off its first line."""
    found = for_page(order.number)
    lines = list(found.lines.all())
    lines[0]._prefetched_objects_cache["discounts"] = list(discounts)
    off = sum(discount.amount for discount in discounts)
    tax = sum(discount.tax for discount in discounts)
    lines[0].line_price_incl_tax -= off
    lines[0].line_price_excl_tax -= off - tax
    found.total_incl_tax -= off
    return found, lines


def receipt(order, language="fr"):
    return Client().get(f"/{language}/orders/{order.number}/receipt/?k={key_for(order.number)}")


@pytest.mark.parametrize(("currency", "destination"), WAYS)
def test_page_and_receipt_break_the_total_down_in_the_buyer_s_currency(currency, destination):
    shopping = Shopping(currency, destination)
    order = place_order((stock("120.00"), 2), (stock("47.29"), 5), shopping=shopping)

    for page in (Client().get(order_path(order, "ar")), receipt(order, "ar")):
        parts, total = amounts(page)
        assert sum(parts) == total == order.total_incl_tax
        assert (order.shipping_excl_tax in parts, len(parts)) == (True, 5 if destination == "MA" else 4)


def test_each_cooperative_is_named_with_what_it_gets():
    oil, honey = stock("120.00"), stock("60.00")
    order = place_order((oil, 2), (honey, 1))

    rows = money_of(order, list(for_page(order.number).lines.all())).breakdown.rows

    assert [(row.cooperative, row.amount) for row in rows if row.part == "cooperative"] == [
        (oil.partner.short_name, Decimal("160.00")),
        (honey.partner.short_name, Decimal("40.00")),
    ]


def test_nothing_that_happens_to_prices_later_changes_an_old_order():
    order = place_order((stock("120.00"), 2), shopping=Shopping("EUR", "FR"))
    before = [amounts(page) for page in (Client().get(order_path(order, "fr")), receipt(order))]

    replace_rate("7.00")
    StockRecord.objects.update(price=Decimal("999.00"), farm_gate_price=Decimal("1.00"))
    publish_prices(timezone.now())
    after = [amounts(page) for page in (Client().get(order_path(order, "fr")), receipt(order))]

    assert after == before
    assert "10,8" in receipt(order).content.decode()


def test_a_receipt_says_list_rate_currency_and_the_dirhams_at_the_frozen_rate():
    order = place_order((stock("120.00"), 2), shopping=Shopping("EUR", "FR"))

    page = receipt(order, "fr").content.decode()

    assert order.price_list.reference in page
    assert "1 EUR = <bdi>10,8</bdi> MAD" in page
    money = money_of(order, list(for_page(order.number).lines.all()))
    assert money.total_mad == (order.total_incl_tax * Decimal("10.80")).quantize(Decimal("0.01"))
    assert f"{money.total_mad:.2f}".replace(".", ",")[-6:] in page


def test_a_receipt_in_dirhams_has_no_rate_to_tell():
    page = receipt(place_order((stock(), 1))).content.decode()

    assert "1 MAD" not in page


def test_the_tax_of_an_order_is_unit_tax_times_quantity_by_rate():
    order = place_order((stock("47.29"), 5), (stock("120.00"), 2))
    lines = list(for_page(order.number).lines.all())

    taxes = money_of(order, lines).taxes

    assert [(each.rate_pct, each.tax) for each in taxes] == [
        (Decimal("10.00"), sum(line.price.part_tax * line.quantity for line in lines)),
        (Decimal("20.00"), order.shipping_incl_tax - order.shipping_excl_tax),
    ]
    assert sum(each.tax for each in taxes) == order.total_incl_tax - order.total_excl_tax


def test_abroad_no_tax_is_told():
    order = place_order((stock(), 1), shopping=Shopping("USD", "US"))

    money = money_of(order, list(for_page(order.number).lines.all()))

    assert (money.taxes, money.tax) == ([], Decimal("0.00"))
    assert "part--tax" not in receipt(order).content.decode().partition("</article>")[0]


def test_discounts_are_off_the_shares():
    order = place_order((stock("120.00"), 2))
    spring = Taken(Decimal("11.00"), Decimal("1.00"), Decimal("4.00"), name="Spring")
    found, lines = taken_off(order, spring, Taken(Decimal("1.10"), Decimal("0.10"), name="Spring"))

    with override("en"):
        money = money_of(found, lines)

    assert money.breakdown.total == found.total_incl_tax
    delivery_tax = order.shipping_incl_tax - order.shipping_excl_tax
    assert money.tax == lines[0].price.part_tax * 2 - Decimal("1.10") + delivery_tax
    assert [(row.part, row.amount) for row in money.breakdown.borne] == [
        ("cooperative", Decimal("4.00")),
        ("office", Decimal("7.00")),
        ("tax", Decimal("1.10")),
    ]


def test_a_stranger_finds_no_receipt():
    order = place_order((stock(), 1))

    assert Client().get(f"/fr/orders/{order.number}/receipt/").status_code == 404


@pytest.mark.parametrize("end", ["", "receipt/"])
def test_pages_of_money_take_as_many_queries_for_one_line_as_for_three(client, end):
    counts = []
    for lines in (1, 3):
        order = place_order(*((stock(), 1) for _ in range(lines)))
        address = f"/fr/orders/{order.number}/{end}?k={key_for(order.number)}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8
