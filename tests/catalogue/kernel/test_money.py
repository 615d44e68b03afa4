from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel import money

amounts = st.decimals(min_value=0, max_value=10**6, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=2), min_size=1, max_size=8).filter(any)


@given(amounts, weights)
def test_split_shares_add_up_and_nobody_without_weight_receives(total, weights):
    shares = money.split(total, weights)

    assert sum(shares) == total
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)
    assert all(share >= 0 for share in shares)


def test_split_gives_left_over_cents_to_those_who_lost_most():
    assert money.split(Decimal("10.00"), [1, 1, 1]) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert money.split(Decimal("0.05"), [1, 3]) == [Decimal("0.01"), Decimal("0.04")]


def test_split_shares_a_refund_like_its_opposite():
    assert money.split(Decimal("-10.00"), [1, 2]) == [Decimal("-3.33"), Decimal("-6.67")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_split_refuses_weights_that_share_nothing(weights):
    with pytest.raises(ValueError):
        money.split(Decimal("1.00"), weights)


def test_split_refuses_fractions_of_a_cent():
    with pytest.raises(ValueError):
        money.split(Decimal("1.005"), [1])


@given(amounts, st.sampled_from(list(money.ROUNDING.values())))
def test_round_up_to_is_a_multiple_and_never_below(amount, step):
    rounded = money.round_up_to(amount, step)

    assert rounded % step == 0
    assert amount <= rounded < amount + step


@pytest.mark.parametrize(
    ("amount", "rate", "rounded"),
    [("57.00", "10.7729", "5.30"), ("107.729", "10.7729", "10.00"), ("0.01", "9.3", "0.10")],
)
def test_convert_then_round_up_rounds_once(amount, rate, rounded):
    converted = money.convert(Decimal(amount), Decimal(rate))

    assert money.round_up_to(converted, money.ROUNDING["EUR"]) == Decimal(rounded)


def test_convert_refuses_a_rate_of_zero():
    with pytest.raises(ValueError):
        money.convert(Decimal(1), Decimal(0))


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=2))
def test_minor_units_there_and_back(amount):
    assert money.from_minor(money.to_minor(amount)) == amount


def test_to_minor_refuses_a_fraction_of_a_cent():
    with pytest.raises(ValueError):
        money.to_minor(Decimal("1.005"))


def test_quantize_rounds_halves_away_from_zero():
    assert money.quantize(Decimal("2.345")) == Decimal("2.35")
    assert money.quantize(Decimal("-2.345")) == Decimal("-2.35")
