"""What is due on arrival: headings, limits, VAT on duty, rounding. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fulfilment.shipping.arrivals.policies import Content, Terms, arrival, headings_of, value_in

RATES = {"MAD": Decimal(1), "EUR": Decimal("10.80"), "USD": Decimal("9.30")}
FRANCE = Terms("per_heading", Decimal(20), "EUR", Decimal(150), Decimal(3))
OIL, DATES, HONEY = "151590", "080410", "040900"


def parcel(*contents):
    return [
        Content(headings if isinstance(headings, tuple) else (headings,), Decimal(amount))
        for headings, amount in contents
    ]


def due(contents, *, currency="EUR", terms=FRANCE):
    estimate = arrival(terms, contents, currency=currency, rates=RATES).estimate
    return (estimate.headings, estimate.duty, estimate.vat, estimate.total) if estimate else None


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        # 3 + 20 % of (10 + 3)
        ([(OIL, "10.00")], (1, Decimal("3.00"), Decimal("2.60"), Decimal("5.60"))),
        ([(OIL, "10.00"), (OIL, "20.00")], (1, Decimal("3.00"), Decimal("6.60"), Decimal("9.60"))),
        ([(OIL, "10.00"), (DATES, "20.00")], (2, Decimal("6.00"), Decimal("7.20"), Decimal("13.20"))),
        # a hamper counts by what it holds: five headings cost 15 euros
        ([(("1", "2", "3", "4", "5"), "60.00")], (5, Decimal("15.00"), Decimal("15.00"), Decimal("30.00"))),
        ([(("151590", "080410"), "60.00"), (OIL, "10.00")], (2, Decimal("6.00"), Decimal("15.20"), Decimal("21.20"))),
        # ten digits are one heading of six
        ([("1515900011", "10.00"), ("1515900099", "10.00")], (1, Decimal("3.00"), Decimal("4.60"), Decimal("7.60"))),
        # half a cent goes up: 20 % of 13.03 is 2.606, of 13.025 would be 2.605
        ([(OIL, "10.03")], (1, Decimal("3.00"), Decimal("2.61"), Decimal("5.61"))),
        # the limit itself is still within it
        ([(OIL, "150.00")], (1, Decimal("3.00"), Decimal("30.60"), Decimal("33.60"))),
        ([(OIL, "150.01")], None),
        ([], None),
    ],
)
def test_a_parcel_to_france_in_euros(contents, expected):
    assert due(parcel(*contents)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        # 3 EUR are 32.40 MAD at 10.80
        ("100.00", "MAD", (1, Decimal("32.40"), Decimal("26.48"), Decimal("58.88"))),
        # 3 EUR are 3.4838… USD
        ("10.00", "USD", (1, Decimal("3.48"), Decimal("2.70"), Decimal("6.18"))),
        # 150 EUR are 1620 MAD, to the centime
        ("1620.00", "MAD", (1, Decimal("32.40"), Decimal("330.48"), Decimal("362.88"))),
        ("1620.01", "MAD", None),
        # 150 EUR are 174.1935… USD
        ("174.19", "USD", (1, Decimal("3.48"), Decimal("35.53"), Decimal("39.01"))),
        ("174.20", "USD", None),
    ],
)
def test_limits_and_duty_follow_the_price_list_s_rates(amount, currency, expected):
    assert due(parcel((OIL, amount)), currency=currency) == expected


def test_above_the_limit_nothing_is_figured_and_it_is_known():
    found = arrival(FRANCE, parcel((OIL, "200.00")), currency="EUR", rates=RATES)

    assert (found.is_above_limit, found.estimate) == (True, None)


@pytest.mark.parametrize("currency", ["GBP", "CHF", "CAD", "NOK"])
def test_a_limit_in_a_currency_without_a_rate_is_not_compared(currency):
    terms = Terms("seller_vat", Decimal(20), currency, Decimal(135))

    found = arrival(terms, parcel((OIL, "10.00")), currency="EUR", rates=RATES)

    assert (found.is_above_limit, found.estimate) == (None, None)


@pytest.mark.parametrize(
    "terms",
    [
        Terms("per_heading", None, "EUR", Decimal(150), Decimal(3)),
        Terms("per_heading", Decimal(20), "EUR", Decimal(150), None),
        Terms("per_heading", Decimal(20), "EUR", None, Decimal(3)),
        Terms("per_heading", Decimal(20), "GBP", Decimal(150), Decimal(3)),
        Terms("local", Decimal(20)),
        Terms("every_parcel"),
    ],
)
def test_nothing_is_figured_from_half_a_rule(terms):
    assert due(parcel((OIL, "10.00")), terms=terms) is None


def test_a_product_without_a_heading_counts_as_one():
    assert due(parcel(("", "10.00")))[0] == 1


amounts = some.decimals(min_value="0.01", max_value="40", places=2)
lines = some.lists(some.tuples(some.sampled_from([OIL, DATES, HONEY]), amounts), min_size=1, max_size=3)


@given(lines, some.sampled_from(["MAD", "EUR", "USD"]), some.decimals(min_value=0, max_value=27, places=1))
def test_an_estimate_adds_up_and_is_whole_cents(contents, currency, vat):
    terms = Terms("per_heading", vat, "EUR", Decimal(150), Decimal(3))

    estimate = arrival(terms, parcel(*contents), currency=currency, rates=RATES).estimate

    goods = sum(amount for _heading, amount in contents)
    assert estimate.headings == len({heading for heading, _amount in contents})
    assert estimate.total == estimate.duty + estimate.vat
    assert abs(estimate.vat - (goods + estimate.duty) * vat / 100) <= Decimal("0.005")
    exact = value_in(Decimal(3) * estimate.headings, "EUR", currency, RATES)
    assert abs(estimate.duty - exact) <= Decimal("0.005")
    assert all(amount == amount.quantize(Decimal("0.01")) for amount in (estimate.duty, estimate.vat))


@given(lines, some.sampled_from(["MAD", "EUR", "USD"]))
def test_splitting_a_line_changes_nothing(contents, currency):
    (heading, amount), *others = contents
    part = (amount / 2).quantize(Decimal("0.01"))
    split = [(heading, part), (heading, amount - part), *others]

    assert due(parcel(*contents), currency=currency) == due(parcel(*split), currency=currency)


@given(some.lists(some.sampled_from([OIL, DATES, HONEY]), max_size=6))
def test_headings_are_counted_once(headings):
    assert headings_of(parcel(*((heading, "1.00") for heading in headings))) == set(headings)


def test_value_in_without_a_rate_is_nothing():
    assert value_in(Decimal(1), "MAD", "GBP", RATES) is None
    assert value_in(Decimal(1), "GBP", "GBP", {}) == 1
