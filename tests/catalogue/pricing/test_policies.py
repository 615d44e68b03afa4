from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalogue.kernel.money import ROUNDING
from catalogue.pricing.policies import NegativeRemainder, PublicPrice, opening_parts

prices = st.decimals(min_value="0.50", max_value=20000, places=2)
rates = st.decimals(min_value="0.5", max_value=30, places=4)
vat = st.sampled_from([Decimal(0), Decimal(10), Decimal(20)])
sides = st.sampled_from(["home", "export"])


@given(prices, prices, vat, st.sampled_from(["MAD", "EUR", "USD"]), sides, rates)
def test_parts_add_up_to_a_round_price_and_the_office_never_pays(price, farm_gate, vat_pct, currency, side, rate):
    assume(farm_gate * (1 + vat_pct / 100) <= price)
    rate = Decimal(1) if currency == "MAD" else rate

    parts = opening_parts(PublicPrice(price, farm_gate, vat_pct), currency=currency, side=side, rate=rate)

    assert parts.price % ROUNDING[currency] == 0
    assert parts.farm_gate + parts.office + parts.tax == parts.price
    assert min(parts.farm_gate, parts.office, parts.tax) >= 0
    assert parts.price_excl_tax == parts.farm_gate + parts.office


@given(prices, prices, vat, rates)
def test_abroad_never_costs_more_than_home_and_bears_no_tax(price, farm_gate, vat_pct, rate):
    assume(farm_gate * (1 + vat_pct / 100) <= price)
    public = PublicPrice(price, farm_gate, vat_pct)

    home = opening_parts(public, currency="EUR", side="home", rate=rate)
    export = opening_parts(public, currency="EUR", side="export", rate=rate)

    assert export.tax == 0
    assert export.price <= home.price
    assert export.farm_gate == home.farm_gate


def test_dirhams_at_home_are_the_datas_price():
    public = PublicPrice(Decimal("57.00"), Decimal("37.00"), Decimal(10))

    parts = opening_parts(public, currency="MAD", side="home")

    assert (parts.price, parts.farm_gate, parts.office, parts.tax) == (
        Decimal("57.00"),
        Decimal("37.00"),
        Decimal("14.82"),
        Decimal("5.18"),
    )


def test_euros_abroad_are_converted_without_tax_then_rounded_up_once():
    """57.00 / 1.10 = 51.818; / 10.60 = 4.8885; up to the next ten cents."""
    public = PublicPrice(Decimal("57.00"), Decimal("37.00"), Decimal(10))

    parts = opening_parts(public, currency="EUR", side="export", rate=Decimal("10.60"))

    assert (parts.price, parts.farm_gate, parts.office, parts.tax) == (
        Decimal("4.90"),
        Decimal("3.49"),
        Decimal("1.41"),
        Decimal("0.00"),
    )


def test_a_price_below_what_the_cooperative_gets_is_refused():
    public = PublicPrice(Decimal("11.99"), Decimal("10.00"), Decimal(20))

    with pytest.raises(NegativeRemainder) as refusal:
        opening_parts(public, currency="MAD", side="home")

    assert refusal.value.missing_mad == Decimal("0.01")


@pytest.mark.parametrize(("currency", "side", "rate"), [("XXX", "home", 1), ("MAD", "sea", 1), ("MAD", "home", 2)])
def test_opening_parts_refuses_what_makes_no_sense(currency, side, rate):
    public = PublicPrice(Decimal(10), Decimal(5), Decimal(0))

    with pytest.raises(ValueError):
        opening_parts(public, currency=currency, side=side, rate=Decimal(rate))
