"""What may go where: flags, papers, cold and weight. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fulfilment.shipping.policies import Load, Terms
from fulfilment.shipping.sending.policies import Carrier, Goods, SendingRules, carriers_of

ATLAS, SOUSS = 1, 2
POST, VAN = Carrier(20_000, 5000, False), Carrier(5_000, 5000, True)
HONEY_RULES = SendingRules(
    flags={"HONEY": "review", "DAIRY": "block"}, listed={"HONEY": frozenset({ATLAS}), "DAIRY": frozenset({ATLAS})}
)


def goods(*flags, load=Load(500), seller=ATLAS):
    return Goods(flags, load, seller)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (goods("HONEY"), ""),
        (goods("HONEY", seller=SOUSS), "HONEY"),
        (goods("DAIRY"), "DAIRY"),
        (goods("HONEY", "DAIRY"), "DAIRY"),
        (goods(), ""),
        (goods("UNKNOWN"), ""),
    ],
)
def test_papers_open_a_review_for_the_cooperative_they_name_and_nothing_that_is_blocked(line, told):
    assert HONEY_RULES.refusal(line) == told


def test_papers_of_the_whole_office_open_it_for_everyone():
    rules = SendingRules(flags={"OLIVE": "review"}, listed={"OLIVE": frozenset({None})})

    assert [rules.refusal(goods("OLIVE", seller=seller)) for seller in (ATLAS, SOUSS, None)] == ["", "", ""]


def test_two_flags_need_papers_each():
    rules = SendingRules(flags={"HONEY": "review", "ANY_FOOD": "review"}, listed={"HONEY": frozenset({ATLAS})})

    assert rules.refusal(goods("HONEY", "ANY_FOOD")) == "ANY_FOOD"


@pytest.mark.parametrize(
    ("carriers", "load", "told"),
    [
        ((POST,), Load(500, cold=True), "COLD_CHAIN"),
        ((POST, VAN), Load(500, cold=True), ""),
        ((POST, VAN), Load(6_000, cold=True), "TOO_HEAVY"),
        ((POST, VAN), Load(6_000), ""),
        ((POST,), Load(20_000), ""),
        ((POST,), Load(20_001), "TOO_HEAVY"),
        ((POST,), Load(100, Decimal(100_000)), ""),
        ((POST,), Load(100, Decimal(100_001)), "TOO_HEAVY"),
        ((), Load(900_000, cold=True), ""),
    ],
)
def test_cold_goods_need_a_carrier_that_keeps_cold_and_no_parcel_is_too_heavy(carriers, load, told):
    assert SendingRules(carriers=carriers).refusal(goods(load=load)) == told


def test_the_line_that_makes_the_parcel_too_heavy_bears_it_and_lighter_ones_after_it_stay():
    rules = SendingRules(flags={"DAIRY": "block"}, carriers=(POST,))
    lines = [
        goods(load=Load(12_000)),
        goods("DAIRY", load=Load(15_000)),
        goods(load=Load(9_000)),
        goods(load=Load(8_000)),
        goods(load=Load(25_000)),
    ]

    assert rules.refusals(lines) == ["", "DAIRY", "TOO_HEAVY", "", "TOO_HEAVY"]


@given(some.lists(some.integers(1, 30_000), max_size=8))
def test_what_is_not_refused_always_fits_one_parcel(weights):
    rules = SendingRules(carriers=(POST, VAN))
    lines = [goods(load=Load(weight)) for weight in weights]

    refusals = rules.refusals(lines)

    kept = sum((line.load for line, told in zip(lines, refusals, strict=True) if not told), Load())
    assert rules.hindrance(kept) == ""
    assert all(told in ("", "TOO_HEAVY") for told in refusals)


def test_carriers_are_the_heaviest_brackets_of_the_methods_that_are_offered():
    def tariff(method, most, *, divisor=5000, cold=False):
        return Terms(method, 0, most, Decimal(30), 1, 2, False, None, divisor, None, keeps_cold=cold)

    tariffs = [
        tariff("home", 1_000),
        tariff("home", 9_000),
        tariff("express", 3_000, cold=True),
        tariff("relay", 99_000),
    ]

    assert carriers_of(tariffs) == (Carrier(9_000, 5000, False), Carrier(3_000, 5000, True))
