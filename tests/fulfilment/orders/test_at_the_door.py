"""What is asked in cash: the duty, then rounding down. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel.money import CENT, quantize
from fulfilment.orders.at_the_door import BY_BUYER, BY_OFFICE, STEPS, CashRules, CashSum, ask
from fulfilment.orders.breakdown import OFFICE, STAMP, Sold, break_down
from fulfilment.orders.policies import CARD, CASH
from fulfilment.orders.ways_to_pay import payment_methods
from tests.fulfilment.orders.test_policies import quote, way

D = Decimal
HALF = CashRules(step=D("0.50"))
BUYER = CashRules(step=D("0.50"), duty_pct=D("0.25"), borne_by=BY_BUYER)
OFFICE_BEARS = CashRules(step=D("0.50"), duty_pct=D("0.25"), borne_by=BY_OFFICE)

prices = st.decimals(min_value=0, max_value=20_000, places=2)
rules = st.builds(
    CashRules,
    step=st.sampled_from(STEPS),
    duty_pct=st.decimals(min_value=0, max_value=10, places=2),
    borne_by=st.sampled_from([BY_BUYER, BY_OFFICE]),
)


@pytest.mark.parametrize(
    ("price", "holds", "rounding", "duty", "total"),
    [
        ("293.75", CashRules(), "0.00", "0.00", "293.75"),
        ("293.75", HALF, "0.25", "0.00", "293.50"),
        ("293.75", CashRules(step=D("1.00")), "0.75", "0.00", "293.00"),
        ("293.50", HALF, "0.00", "0.00", "293.50"),
        ("293.75", OFFICE_BEARS, "0.25", "0.73", "293.50"),  # 0.25 % of 293.50 is 0.73375
        ("275.00", BUYER, "0.19", "0.69", "275.50"),  # 0.6875, halves up
        ("200.00", BUYER, "0.00", "0.50", "200.50"),
        ("199.99", BUYER, "0.49", "0.50", "200.00"),
        ("0.40", HALF, "0.00", "0.00", "0.40"),  # never to nothing
        ("0.00", BUYER, "0.00", "0.00", "0.00"),
    ],
)
def test_the_duty_comes_first_and_all_of_it_is_rounded_down(price, holds, rounding, duty, total):
    asked = ask(D(price), holds)

    assert (asked.rounding, asked.stamp_duty, asked.total) == (D(rounding), D(duty), D(total))


@given(price=prices, holds=rules)
def test_the_parts_add_up_to_a_total_that_coins_can_pay(price, holds):
    asked = ask(price, holds)

    borne_here = asked.stamp_duty if holds.borne_by == BY_BUYER else D(0)
    assert asked.total == price + borne_here - asked.rounding
    assert asked.rounding == 0 or 0 < asked.rounding < holds.step
    assert holds.step == 0 or asked.total < holds.step or asked.total % holds.step == 0
    assert all(amount == amount.quantize(CENT) for amount in (asked.rounding, asked.stamp_duty, asked.total))


@given(price=prices, holds=rules)
def test_the_duty_is_that_of_what_is_received_to_a_centime_of_the_step(price, holds):
    """The office's is exactly that; the buyer's is of the price, before the duty itself and before rounding."""
    asked = ask(price, holds)

    of_received = quantize((asked.total - asked.duty_of_buyer) * holds.duty_pct / 100)
    if holds.borne_by == BY_OFFICE:
        assert asked.stamp_duty == of_received
    else:
        assert 0 <= asked.stamp_duty - of_received <= quantize(holds.step * holds.duty_pct / 100) + CENT


@given(price=prices, holds=rules)
def test_whoever_pays_more_goods_never_pays_less(price, holds):
    assert ask(price, holds).total <= ask(price + CENT, holds).total or price < holds.step


def with_rules(holds, price="120.25", **fields):
    terms = quote(price=price, quantity=1, **fields)
    return type(terms)(**{**vars(terms), "cash_rules": holds})


def test_only_cash_is_rounded():
    terms = with_rules(OFFICE_BEARS)

    assert (terms.total(way()), terms.total(way(), CARD), terms.total(way(), CASH)) == (
        *(D("155.25"), D("155.25"), D("155.00")),
    )
    assert terms.asked(way(), CARD) == CashSum(D("155.25"))


def test_a_fingerprint_changes_with_what_is_asked_at_the_door_and_not_with_what_the_office_bears():
    assert with_rules(HALF).fingerprint(way(), CASH) != with_rules(HALF).fingerprint(way(), CARD)
    assert with_rules(BUYER).fingerprint(way(), CASH) != with_rules(HALF).fingerprint(way(), CASH)
    assert with_rules(OFFICE_BEARS).fingerprint(way(), CASH) == with_rules(HALF).fingerprint(way(), CASH)
    assert with_rules(HALF, price="120.00").fingerprint(way(), CASH) == with_rules(HALF, price="120.00").fingerprint(
        way(), CARD
    )


def test_the_limit_for_cash_is_of_what_is_asked_in_cash():
    terms = with_rules(HALF)

    assert payment_methods(terms, way(limit="155.00")) == ["cash", "card"]
    assert payment_methods(terms, way(limit="154.99")) == ["card"]
    assert payment_methods(with_rules(BUYER, price="120.00"), way(limit="155.00")) == ["cash", "card"]  # 155.39 → 155
    assert payment_methods(with_rules(BUYER, price="165.00"), way(limit="200.00")) == ["card"]  # 200.50


def test_the_office_gives_what_is_rounded_down_and_the_buyers_duty_is_a_share_of_its_own():
    unit = {"cooperative": D("80.00"), "office": D("40.25"), "tax": D("0.00")}

    found = break_down(
        [Sold("Atlas", 1, unit)], currency="MAD", delivery=D("35.00"), rounding=D("0.14"), stamp_duty=D("0.39")
    )

    assert (found.of(OFFICE), found.of(STAMP), found.of("cooperative")) == (D("40.11"), D("0.39"), D("80.00"))
    assert found.total == D("155.50")
