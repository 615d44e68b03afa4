"""Prices from fee schedules: for any fees, taxes and rates the parts are the price, the cooperative's its own."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalogue.kernel.money import ROUNDING, convert, quantize
from catalogue.pricing.policies import (
    CHARGED,
    Charge,
    Charges,
    FeesTooHigh,
    Parts,
    Unit,
    floor_broken,
    scheduled_parts,
    vat_pct,
)

units = st.builds(
    Unit, st.decimals(min_value="0.01", max_value=20000, places=2), st.integers(min_value=1, max_value=40000)
)
percentages = st.decimals(min_value=0, max_value=99, places=2)
charge = st.one_of(
    st.builds(Charge, st.just("farm_gate"), percentages),
    st.builds(Charge, st.just("unit"), st.decimals(min_value=0, max_value=500, places=4)),
    st.builds(Charge, st.just("weight"), st.decimals(min_value=0, max_value=50, places=4)),
    st.builds(Charge, st.just("price"), st.decimals(min_value=0, max_value=19, places=4)),
)
charges = st.builds(Charges, st.dictionaries(st.sampled_from(CHARGED), charge))
rates = st.decimals(min_value="0.5", max_value=30, places=6)
vat = st.sampled_from([Decimal(0), Decimal(10), Decimal(20)])
currencies = st.sampled_from(["MAD", "EUR", "USD"])
sides = st.sampled_from(["home", "export"])


def in_terms_of(currency, side, rate, vat_pct):
    return {
        "currency": currency,
        "side": side,
        "rate": Decimal(1) if currency == "MAD" else rate,
        "vat_pct": vat_pct if side == "home" else Decimal(0),
    }


@given(units, charges, vat, currencies, sides, rates)
def test_parts_are_the_price_and_nobody_is_left_with_less_than_nothing(unit, charges, vat_pct, currency, side, rate):
    terms = in_terms_of(currency, side, rate, vat_pct)

    parts = scheduled_parts(unit, charges, **terms)

    assert parts.price == sum(getattr(parts, name) for name in (*CHARGED, "farm_gate", "tax"))
    assert parts.price % ROUNDING[currency] == 0
    assert min(getattr(parts, name) for name in (*CHARGED, "farm_gate", "tax")) >= 0
    assert parts.farm_gate == quantize(convert(unit.farm_gate_mad, terms["rate"]))
    assert floor_broken(parts, unit, terms["rate"]) == ""


@given(units, charges, vat, currencies, sides, rates)
def test_rounding_up_never_exceeds_one_step(unit, charges, vat_pct, currency, side, rate):
    terms = in_terms_of(currency, side, rate, vat_pct)

    price = scheduled_parts(unit, charges, **terms).price

    known = unit.farm_gate_mad + sum(one.mad(unit) for one in charges.by_part.values())
    owed = known * (1 + terms["vat_pct"] / 100)  # multiplied out: nothing here is rounded
    worth = terms["rate"] * (1 - charges.share)
    assert (price - ROUNDING[currency]) * worth < owed <= price * worth


@given(units, charges, vat, currencies, rates)
def test_abroad_costs_no_more_than_home_and_bears_no_tax(unit, charges, vat_pct, currency, rate):
    home = scheduled_parts(unit, charges, **in_terms_of(currency, "home", rate, vat_pct))
    export = scheduled_parts(unit, charges, **in_terms_of(currency, "export", rate, vat_pct))

    assert export.tax == 0
    assert export.farm_gate == home.farm_gate
    assert export.price <= home.price <= export.price * (1 + vat_pct / 100) + ROUNDING[currency]


@given(units, charges, rates)
def test_a_dearer_farm_gate_never_makes_a_cheaper_price(unit, charges, rate):
    dearer = Unit(unit.farm_gate_mad + 1, unit.gross_weight_g)
    terms = in_terms_of("EUR", "export", rate, Decimal(0))

    assert scheduled_parts(unit, charges, **terms).price <= scheduled_parts(dearer, charges, **terms).price


def test_shares_of_the_price_are_solved_exactly():
    """(60 + 10 % of 60 + 4 + 2 kg × 1) / (1 − 0.05 − 0.15) = 72 / 0.80 = 90; with 10 % of tax 99."""
    charges = Charges(
        {
            "collection": Charge("farm_gate", Decimal(10)),
            "packing": Charge("unit", Decimal(4)),
            "transport": Charge("weight", Decimal(1)),
            "payment": Charge("price", Decimal(5)),
            "office": Charge("price", Decimal(15)),
        }
    )

    parts = scheduled_parts(Unit(Decimal("60.00"), 2000), charges, vat_pct=Decimal(10), currency="MAD", side="home")

    assert parts == Parts(
        farm_gate=Decimal("60.00"),
        collection=Decimal("6.00"),
        packing=Decimal("4.00"),
        transport=Decimal("2.00"),
        payment=Decimal("4.50"),
        office=Decimal("13.50"),
        tax=Decimal("9.00"),
    )


def test_the_office_takes_the_difference_of_rounding():
    """72 / 0.80 / 10.75 = 8.372…, up to 8.40: payment is 5 % of that, and the office keeps the rest."""
    charges = Charges({"packing": Charge("unit", Decimal(12)), "payment": Charge("price", Decimal(20))})

    parts = scheduled_parts(
        Unit(Decimal("60.00"), 1), charges, vat_pct=Decimal(0), currency="EUR", side="export", rate=Decimal("10.75")
    )

    assert (parts.price, parts.farm_gate, parts.packing, parts.payment, parts.office) == (
        *(Decimal("8.40"), Decimal("5.58"), Decimal("1.12"), Decimal("1.68")),
        Decimal("0.02"),
    )


@pytest.mark.parametrize("shares", [("60", "40"), ("99.9999", "0.0001"), ("99", "99")])
def test_fees_over_a_hundred_percent_are_refused(shares):
    parts = zip(("payment", "office"), shares, strict=True)

    with pytest.raises(FeesTooHigh):
        Charges({part: Charge("price", Decimal(share)) for part, share in parts})


@given(units, st.decimals(min_value="0.50", max_value=20000, places=2))
def test_a_price_fixed_by_hand_that_leaves_too_little_is_noticed(unit, price):
    assume(price < unit.farm_gate_mad)
    parts = Parts(farm_gate=unit.farm_gate_mad, office=price - unit.farm_gate_mad, tax=Decimal(0))

    assert floor_broken(parts, unit, Decimal(1)) == "farm_gate"


def test_a_capped_price_that_leaves_the_office_less_than_nothing_is_noticed():
    parts = Parts(farm_gate=Decimal(50), packing=Decimal(10), office=Decimal("-2"), tax=Decimal(0))

    assert floor_broken(parts, Unit(Decimal(50), 1), Decimal(1)) == "office"


@pytest.mark.parametrize(
    ("side", "seller", "status", "expected"),
    [
        ("home", "office", "exempt_below_10m", 20),
        ("home", "office", "liable", 20),
        ("home", "cooperative", "liable", 20),
        ("home", "cooperative", "", 20),
        ("home", "cooperative", "exempt_below_10m", 0),
        ("home", "cooperative", "exempt_raw", 0),
        ("export", "office", "liable", 0),
        ("export", "cooperative", "liable", 0),
    ],
)
def test_tax_follows_who_sells_and_where_to(side, seller, status, expected):
    assert vat_pct(class_rate_pct=Decimal(20), side=side, seller=seller, tax_status=status) == expected
