"""What offers take: the classic failures as a table, then every combination that Hypothesis can think of."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.kernel.money import CENT, ROUNDING, ZERO, convert, quantize, round_up_to
from fulfilment.orders.discounting import Amounts, Good, Kind, Offer, discount, off_delivery
from fulfilment.orders.policies import Why
from fulfilment.shipping.policies import Delivery
from tests.support.soak import examples

RATES = {"MAD": Decimal(1), "EUR": Decimal("10.80"), "USD": Decimal("9.30")}
D = Decimal


def good(price="100.00", quantity=1, *, pk=1, vat="20", farm_gate="50.00", floor=None):
    price = D(price)
    tax = price - quantize(price / (1 + D(vat) / 100))
    return Good(pk, quantity, price, tax, D(vat), D(farm_gate), D(floor or farm_gate))


def offer(kind, *, pk=1, amount=None, minimum=None, most=None, converted=False, **fields):
    def amounts(given):
        return Amounts({name: D(value) for name, value in given.items()}, converted) if given else None

    return Offer(
        pk, f"offer {pk}", kind, amount=amounts(amount), minimum=amounts(minimum), most=amounts(most), **fields
    )


def percent(value, **fields):
    return offer(Kind.PERCENT, percent=D(value), **fields)


def taken(goods, *offers, currency="MAD"):
    return discount(goods, offers, currency=currency, mad_per_unit=RATES[currency])


def off(goods, *offers, currency="MAD"):
    return sum((row.amount for row in taken(goods, *offers, currency=currency).discounts), ZERO)


CLASSIC = {
    "9.99 less 5 % is rounded once, as a unit": ("MAD", good("9.99"), percent("5"), "0.50"),
    "5 × 47.29 less 10 % is five times the rounded unit": ("MAD", good("47.29", 5), percent("10"), "23.65"),
    "3 × 0.35 less 10 % rounds the unit, halves up": ("MAD", good("0.35", 3), percent("10"), "0.12"),
    "50 MAD given in dirhams alone are no 50 euros": (
        "EUR",
        good("60.00"),
        offer(Kind.BASKET, amount={"MAD": "50"}),
        "0",
    ),
    "50 MAD converted are 4.63 euros": (
        "EUR",
        good("60.00"),
        offer(Kind.BASKET, amount={"MAD": "50"}, converted=True),
        "4.63",
    ),
    "50 MAD converted are 5.38 dollars": (
        "USD",
        good("60.00"),
        offer(Kind.BASKET, amount={"MAD": "50"}, converted=True),
        "5.38",
    ),
    "an amount in euros is taken as it stands": (
        "EUR",
        good("60.00"),
        offer(Kind.BASKET, amount={"MAD": "50", "EUR": "5"}),
        "5.00",
    ),
    "3 for the price of 2: seven pieces, two free": (
        "MAD",
        good("10.00", 7),
        offer(Kind.MULTIBUY, take=3, pay=2),
        "20.00",
    ),
    "2 MAD off each unit": ("MAD", good("10.00", 4), offer(Kind.UNIT, amount={"MAD": "2"}), "8.00"),
    "at most 15 MAD of one order": ("MAD", good("100.00", 3), percent("10", most={"MAD": "15"}), "15.00"),
    "what the budget holds": ("EUR", good("100.00"), percent("10", left_mad=D("50")), "4.62"),
    "an empty budget gives nothing": ("MAD", good("100.00"), percent("10", left_mad=ZERO), "0"),
}


@pytest.mark.parametrize("name", CLASSIC)
def test_classic_failures_of_discounts_do_not_happen(name):
    currency, item, one, expected = CLASSIC[name]

    assert off([item], one, currency=currency) == D(expected)


def test_forty_percent_and_a_voucher_of_seventy_never_give_free_goods():
    goods = [good("100.00", 3)]
    promotion, voucher = percent("40"), percent("70", pk=2, voucher_id=9)

    assert off(goods, promotion, voucher) == D("240.00")  # 82 % in all, held at 80 %


def test_two_offers_of_forty_take_the_second_from_what_the_first_left():
    assert off([good("100.00")], percent("40"), percent("40", pk=2)) == D("64.00")


def test_goods_then_basket_then_voucher_whatever_the_priorities():
    voucher = percent("10", pk=1, voucher_id=3, priority=99)
    basket = offer(Kind.BASKET, pk=2, amount={"MAD": "20"}, priority=50)
    line = percent("50", pk=3)

    rows = taken([good("100.00")], voucher, basket, line).discounts

    assert [(row.offer_id, row.amount) for row in rows] == [(3, D("50.00")), (2, D("20.00")), (1, D("3.00"))]


def test_a_higher_priority_takes_first():
    first, second = percent("50", pk=7, priority=2), percent("10", pk=1)

    assert [row.offer_id for row in taken([good("100.00")], second, first).discounts] == [7, 1]


def test_an_exclusive_offer_keeps_what_it_touches_for_itself():
    goods = [good("100.00", pk=1), good("100.00", pk=2)]
    alone = percent("10", pk=1, priority=1, exclusive=True, stockrecord_ids=frozenset({1}))
    everywhere = percent("50", pk=2)

    rows = taken(goods, alone, everywhere).discounts

    assert [(row.stockrecord_id, row.offer_id) for row in rows] == [(1, 1), (2, 2)]


def test_an_exclusive_offer_takes_only_what_no_other_touched():
    goods = [good("100.00", pk=1), good("100.00", pk=2)]
    some = percent("50", pk=2, priority=1, stockrecord_ids=frozenset({1}))
    alone = percent("10", pk=1, exclusive=True)

    rows = taken(goods, alone, some).discounts

    assert [(row.stockrecord_id, row.offer_id) for row in rows] == [(1, 2), (2, 1)]


def test_the_cheapest_of_all_pieces_are_free():
    goods = [good("90.00", 2, pk=1), good("30.00", 1, pk=2)]

    rows = taken(goods, offer(Kind.MULTIBUY, take=3, pay=2)).discounts

    assert [(row.stockrecord_id, row.amount) for row in rows] == [(2, D("30.00"))]


@pytest.mark.parametrize(
    ("one", "why", "amount", "pieces"),
    [
        (percent("10", minimum={"MAD": "120"}), Why.SPEND_MORE, "20.00", 0),
        (percent("10", min_count=3), Why.MORE_PIECES, "0", 2),
        (offer(Kind.MULTIBUY, take=3, pay=2), Why.MORE_PIECES, "0", 2),
        (percent("10", minimum={"EUR": "1"}), Why.NOT_IN_CURRENCY, "0", 0),
        (percent("10", most={"EUR": "1"}), Why.NOT_IN_CURRENCY, "0", 0),
        (percent("10", stockrecord_ids=frozenset({5})), Why.NOT_THESE, "0", 0),
        (percent("10", shut="used_by_you"), Why.USED_BY_YOU, "0", 0),
    ],
)
def test_an_offer_that_does_not_count_says_what_is_missing(one, why, amount, pieces):
    (note,) = taken([good("100.00")], one).notes

    assert (note.why, note.amount, note.pieces) == (why, D(amount), pieces)


def test_a_condition_counts_what_earlier_offers_left():
    half, with_minimum = percent("50"), percent("10", pk=2, minimum={"MAD": "60"})

    (note,) = taken([good("100.00")], half, with_minimum).notes

    assert (note.offer_id, note.amount) == (2, D("10.00"))


def test_the_office_covers_what_is_beyond_the_floor():
    item = good("120.00", 2, farm_gate="60.00", floor="57.00")

    (row,) = taken([item], percent("20", cooperative_pct=D(100))).discounts

    assert (row.amount, row.cooperative_mad) == (D("48.00"), D("6.00"))  # 40.00 without tax, 6.00 agreed to


def test_a_discount_shrinks_at_the_floor_when_the_office_does_not_cover():
    item = good("120.00", 2, farm_gate="60.00", floor="57.00")

    (row,) = taken([item], percent("20", cooperative_pct=D(100), office_covers=False)).discounts

    assert (row.amount, row.cooperative_mad) == (D("7.20"), D("6.00"))


def test_nothing_is_taken_from_a_cooperative_that_agreed_to_nothing():
    item = good("120.00", farm_gate="60.00")

    covered = taken([item], percent("20", cooperative_pct=D(100))).discounts
    alone = taken([item], percent("20", cooperative_pct=D(100), office_covers=False)).discounts

    assert [row.cooperative_mad for row in covered] == [ZERO]
    assert alone == ()


def test_a_shared_discount_is_parted_by_the_stated_share():
    item = good("120.00", farm_gate="60.00", floor="30.00")

    (row,) = taken([item], percent("10", cooperative_pct=D(40))).discounts

    assert (row.amount, row.tax, row.cooperative_mad) == (D("12.00"), D("2.00"), D("4.00"))


def delivery(price="35.00", currency="MAD"):
    return Delivery("home", D(price), currency, D(price), 1, 2, True, None)


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (offer(Kind.DELIVERY_PERCENT, percent=D(100)), "0.00"),
        (offer(Kind.DELIVERY_PERCENT, percent=D(50)), "17.50"),
        (offer(Kind.DELIVERY_AMOUNT, amount={"MAD": "20"}), "15.00"),
        (offer(Kind.DELIVERY_AMOUNT, amount={"MAD": "50"}), "0.00"),
        (offer(Kind.DELIVERY_PERCENT, percent=D(100), most={"MAD": "30"}), "5.00"),
    ],
)
def test_delivery_becomes_free_or_cheaper_and_the_office_bears_it(one, left):
    reduced, rows = off_delivery(delivery(), [one], D(1))

    assert reduced.price == D(left)
    assert sum(row.amount for row in rows) == D("35.00") - D(left)


# Any purchase at all


@st.composite
def goods_of(draw, currency):
    step, rate = ROUNDING[currency], RATES[currency]
    home = draw(st.booleans())
    found = []
    for pk in range(1, draw(st.integers(1, 5)) + 1):
        price = step * draw(st.integers(1, 4000))
        vat = D(draw(st.sampled_from(["0", "7", "10", "14", "20"]))) if home else ZERO
        tax = price - quantize(price / (1 + vat / 100))
        farm_gate = quantize((price - tax) * rate * draw(st.integers(0, 100)) / 100)
        floor = quantize(farm_gate * draw(st.integers(0, 100)) / 100)
        found.append(Good(pk, draw(st.integers(1, 40)), price, tax, vat, farm_gate, floor))
    return found


def amounts(largest=500):
    one = st.integers(1, largest * 100).map(lambda cents: D(cents) * CENT)
    each = st.dictionaries(st.sampled_from(["MAD", "EUR", "USD"]), one, min_size=1)
    return st.builds(Amounts, each, st.booleans())


@st.composite
def offers_of(draw):
    found = []
    for pk in range(1, draw(st.integers(0, 5)) + 1):
        take = draw(st.integers(2, 5))
        found.append(
            Offer(
                offer_id=pk,
                name=f"offer {pk}",
                kind=draw(st.sampled_from([Kind.PERCENT, Kind.UNIT, Kind.MULTIBUY, Kind.BASKET])),
                percent=D(draw(st.integers(1, 10_000))) / 100,
                take=take,
                pay=draw(st.integers(0, take - 1)),
                amount=draw(amounts()),
                minimum=draw(st.none() | amounts()),
                most=draw(st.none() | amounts(50)),
                min_count=draw(st.integers(1, 4)),
                stockrecord_ids=draw(st.none() | st.frozensets(st.integers(1, 5))),
                exclusive=draw(st.booleans()),
                priority=draw(st.integers(0, 3)),
                cooperative_pct=D(draw(st.sampled_from([0, 0, 30, 50, 100]))),
                office_covers=draw(st.booleans()),
                left_mad=draw(st.none() | st.integers(0, 20_000).map(lambda cents: D(cents) * CENT)),
                voucher_id=draw(st.sampled_from([None, None, 1])),
            )
        )
    return [replace(one, take=0, pay=0) if one.kind is not Kind.MULTIBUY else one for one in found]


@st.composite
def purchases(draw):
    currency = draw(st.sampled_from(["MAD", "EUR", "USD"]))
    return currency, draw(goods_of(currency)), draw(offers_of())


@settings(max_examples=examples(100), deadline=None)
@given(purchases())
def test_any_discount_keeps_amounts_taxes_and_floors(purchase):
    currency, goods, offers = purchase
    rows = taken(goods, *offers, currency=currency).discounts

    whole = sum((item.unit_price * item.quantity for item in goods), ZERO)
    off_whole = sum((row.amount for row in rows), ZERO)
    assert off_whole <= whole * 80 / 100
    assert all(row.amount > 0 and row.amount == quantize(row.amount) and 0 <= row.tax <= row.amount for row in rows)
    assert len({(row.stockrecord_id, row.offer_id) for row in rows}) == len(rows)
    for item in goods:
        mine = [row for row in rows if row.stockrecord_id == item.stockrecord_id]
        left = item.unit_price * item.quantity - sum((row.amount for row in mine), ZERO)
        tax = item.unit_tax * item.quantity - sum((row.tax for row in mine), ZERO)
        given_up = sum((row.cooperative_mad for row in mine), ZERO)
        assert 0 <= tax <= left
        assert 0 <= given_up <= (item.farm_gate_mad - item.floor_mad) * item.quantity
        if not item.unit_tax:
            assert tax == 0


@settings(max_examples=examples(60), deadline=None)
@given(purchases())
def test_no_offer_gives_more_than_its_budget_and_its_limit(purchase):
    currency, goods, offers = purchase
    rows = taken(goods, *offers, currency=currency).discounts

    for one in offers:
        given_by = sum((row.amount for row in rows if row.offer_id == one.offer_id), ZERO)
        if one.left_mad is not None:
            assert quantize(given_by * RATES[currency]) <= one.left_mad
        if one.most is not None and given_by:
            assert given_by <= one.most.in_currency(currency, RATES[currency])


@settings(max_examples=examples(40), deadline=None)
@given(purchases(), st.randoms())
def test_the_order_of_equal_inputs_changes_nothing(purchase, random):
    currency, goods, offers = purchase
    expected = taken(goods, *offers, currency=currency)

    random.shuffle(goods)
    random.shuffle(offers)

    assert taken(goods, *offers, currency=currency) == expected


@settings(max_examples=examples(40), deadline=None)
@given(purchases())
def test_what_is_taken_depends_on_the_currency_alone_and_comes_back_with_it(purchase):
    _currency, goods, offers = purchase

    def priced(currency):
        rate = RATES[currency]
        return [
            replace(
                item,
                unit_price=round_up_to(convert(item.unit_price, rate), ROUNDING[currency]),
                unit_tax=ZERO,
                vat_pct=ZERO,
            )
            for item in goods
        ]

    before = taken(priced("MAD"), *offers, currency="MAD")
    taken(priced("EUR"), *offers, currency="EUR")

    assert taken(priced("MAD"), *offers, currency="MAD") == before
