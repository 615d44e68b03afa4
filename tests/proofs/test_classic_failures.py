"""Mistakes that other shops are known for, each with the figure they got and ours. No database."""

from decimal import Decimal

import pytest

from catalogue.kernel.money import MAD, ROUNDING, convert, quantize, round_up_to, to_minor
from catalogue.pricing.policies import PublicPrice, opening_parts
from fulfilment.orders.breakdown import Sold, break_down
from fulfilment.orders.policies import PricedItem, Quote
from fulfilment.shipping.policies import Load, Terms, deliveries, in_currency

EUR, USD = Decimal("10.80"), Decimal("9.30")


def price(mad, currency="EUR", rate=EUR, side="export", vat="0"):
    public = PublicPrice(Decimal(mad), Decimal("1.00"), Decimal(vat))
    return opening_parts(public, currency=currency, side=side, rate=rate).price


def item(unit_price, quantity, unit_tax="0.00"):
    return PricedItem(7, quantity, 1, Decimal(unit_price), Decimal(unit_tax), Decimal("1.00"), Load(450))


@pytest.mark.parametrize(
    ("mad", "currency", "rate", "ours", "theirs"),
    [
        ("106.91", "EUR", EUR, "9.90", "10.00"),
        ("100.30", "EUR", EUR, "9.30", "9.40"),
        ("92.10", "USD", USD, "10.00", "10.00"),
        ("93.05", "USD", USD, "10.10", "10.10"),
        ("120.83", "USD", USD, "13.00", "13.10"),
    ],
)
def test_a_price_is_converted_before_it_is_rounded(mad, currency, rate, ours, theirs):
    """9.50 instead of 9.99: rounded in one currency, then converted, then rounded again."""
    rounded_first = round_up_to(convert(round_up_to(Decimal(mad), ROUNDING[MAD]), rate), ROUNDING[currency])

    assert (price(mad, currency, rate), rounded_first) == (Decimal(ours), Decimal(theirs))


@pytest.mark.parametrize(
    ("unit", "quantity", "total"), [("47.29", 5, "236.45"), ("0.10", 3, "0.30"), ("33.33", 3, "99.99")]
)
def test_a_line_is_the_shown_unit_price_times_the_quantity(unit, quantity, total):
    """5 × 47.29 = 236.46: the unit was kept with more places than the buyer saw."""
    line = item(unit, quantity)
    shares = break_down([Sold("Atlas", quantity, {"office": Decimal(unit)})], currency="EUR")

    assert line.total == shares.total == Decimal(total)


def test_a_unit_is_rounded_before_it_is_multiplied():
    unit = price("100.00", "USD", USD)

    assert (unit, unit * 5) == (Decimal("10.80"), Decimal("54.00"))
    assert round_up_to(convert(Decimal("100.00") * 5, USD), ROUNDING["USD"]) == Decimal("53.80")


@pytest.mark.parametrize("quantity", [1, 2, 3, 7, 49])
def test_the_tax_of_a_line_is_the_tax_of_a_unit_times_the_quantity(quantity):
    """Tax worked out again from the total is some cents away from the tax of the units."""
    parts = opening_parts(PublicPrice(Decimal("47.50"), Decimal("20.00"), Decimal(20)), currency=MAD, side="home")
    line = item(parts.price, quantity, parts.tax)

    assert line.tax == parts.tax * quantity
    assert line.total - line.tax == parts.price_excl_tax * quantity


def test_that_rule_differs_from_taxing_the_total():
    parts = opening_parts(PublicPrice(Decimal("47.50"), Decimal("20.00"), Decimal(20)), currency=MAD, side="home")

    of_the_total = quantize(parts.price * 49 * 20 / 120)

    assert (parts.tax * 49, of_the_total) == (Decimal("388.08"), Decimal("387.92"))


@pytest.mark.parametrize(
    ("currency", "rate", "ours"), [("MAD", Decimal(1), "50.00"), ("EUR", EUR, "4.70"), ("USD", USD, "5.40")]
)
def test_fifty_dirhams_of_delivery_are_never_fifty_euros(currency, rate, ours):
    tariff = Terms("home", 0, 30_000, Decimal("50.00"), 2, 4, True, None, 5000, None)

    [way] = deliveries(
        [tariff], load=Load(450), goods_mad=Decimal(100), destination="MA", currency=currency, mad_per_unit=rate
    )

    assert (way.price, way.currency, way.price_mad) == (Decimal(ours), currency, Decimal("50.00"))


@pytest.mark.parametrize(("currency", "rate"), [("MAD", Decimal(1)), ("EUR", EUR), ("USD", USD)])
@pytest.mark.parametrize("mad", ["47.29", "99.99", "1234.57"])
def test_a_total_has_no_fraction_of_a_cent_so_that_giving_it_back_is_the_same_amount(currency, rate, mad):
    """A full refund one cent above the order: the total had a third decimal somewhere."""
    line = item(price(mad, currency, rate), 3)
    way = in_currency(Decimal("35.00"), currency, rate)
    quote = Quote(currency, "FR", rate, 1, (line,))

    total = quote.goods + way

    assert total == quantize(total)
    assert Decimal(to_minor(line.total) + to_minor(way)) / 100 == total


def test_a_basket_s_total_is_the_sum_of_what_its_lines_show():
    items = tuple(item(price(mad), quantity) for mad, quantity in (("47.29", 5), ("106.91", 3), ("100.30", 7)))

    quote = Quote("EUR", "FR", EUR, 1, items)

    assert [line.total for line in items] == [Decimal("22.00"), Decimal("29.70"), Decimal("65.10")]
    assert quote.goods == Decimal("116.80")
