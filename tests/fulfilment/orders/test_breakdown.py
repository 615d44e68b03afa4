"""Where the money goes: whatever is bought, at whatever discount, the shares are the total. No database."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel.money import CURRENCIES, ZERO, quantize
from catalogue.pricing.policies import PublicPrice, opening_parts
from fulfilment.orders.breakdown import (
    COOPERATIVE,
    DELIVERY,
    OFFICE,
    PARTS,
    TAX,
    Share,
    Sold,
    break_down,
    percents,
)
from tests.support.breakdowns import Taken, tax_within

cents = st.decimals(min_value=0, max_value=10**5, places=2)
units = st.fixed_dictionaries(dict.fromkeys(PARTS, cents))
rates = {"MAD": st.just(Decimal(1))} | dict.fromkeys(
    ("EUR", "USD"), st.decimals(min_value="0.5", max_value=50, places=6)
)


@st.composite
def discounts(draw, unit, quantity):
    """Anything up to the whole line, borne by whoever."""
    total = sum(unit.values(), ZERO) * quantity
    amount = quantize(total * draw(st.integers(1, 100)) / 100)
    tax = min(amount, tax_within(amount, draw(st.sampled_from([Decimal(0), Decimal(10), Decimal(20)]))))
    return Taken(amount, tax, draw(st.decimals(min_value=0, max_value=10**4, places=2)))


@st.composite
def sold(draw):
    unit, quantity = draw(units), draw(st.integers(1, 99))
    taken = draw(st.lists(discounts(unit, quantity), max_size=3))
    return Sold(draw(st.sampled_from(["Atlas", "Souss", "Rif"])), quantity, unit, tuple(taken))


@st.composite
def orders(draw):
    currency = draw(st.sampled_from(CURRENCIES))
    return draw(st.lists(sold(), min_size=1, max_size=6)), currency, draw(rates[currency]), draw(cents)


def line(name="Atlas", quantity=1, discounts=(), **unit):
    return Sold(name, quantity, {part: Decimal(amount) for part, amount in unit.items()}, discounts)


@given(orders())
def test_the_shares_are_the_total_always(order):
    lines, currency, rate, delivery = order
    goods = sum((sum(one.unit.values(), ZERO) * one.quantity for one in lines), ZERO)
    taken = sum((discount.amount for one in lines for discount in one.discounts), ZERO)

    found = break_down(lines, currency=currency, mad_per_unit=rate, delivery=delivery)

    assert found.total == sum((share.amount for share in found.shares), ZERO) == goods - taken + delivery
    assert (found.discount, sum((share.amount for share in found.borne), ZERO)) == (taken, taken)
    assert all(share.amount == quantize(share.amount) != 0 for share in found.shares)


@given(orders())
def test_splitting_a_line_changes_nothing(order):
    lines, currency, rate, delivery = order
    apart = [Sold(one.cooperative, 1, one.unit) for one in lines for _ in range(one.quantity)]
    apart += [Sold(one.cooperative, 0, {}, one.discounts) for one in lines]

    whole, split = (
        break_down(some, currency=currency, mad_per_unit=rate, delivery=delivery) for some in (lines, apart)
    )

    assert split == whole


@given(
    st.decimals(min_value="1.00", max_value=5000, places=2),
    st.sampled_from([Decimal(0), Decimal(10), Decimal(20)]),
    st.sampled_from(CURRENCIES),
    st.sampled_from(["home", "export"]),
    st.integers(1, 50),
)
def test_the_parts_of_an_opening_price_times_a_quantity_are_the_price_times_it(price, vat, currency, side, quantity):
    public = PublicPrice(price, quantize(price / 2), vat)
    rate = {"MAD": Decimal(1), "EUR": Decimal("10.83"), "USD": Decimal("9.31")}[currency]
    parts = opening_parts(public, currency=currency, side=side, rate=rate)
    unit = {COOPERATIVE: parts.farm_gate, OFFICE: parts.office, TAX: parts.tax}

    assert break_down([Sold("Atlas", quantity, unit)], currency=currency).total == parts.price * quantity


def test_shares_stand_in_the_order_of_a_price_without_those_of_nothing():
    bought = line(quantity=2, tax="0.95", office="1.50", collection="0.00", cooperative="8.00")

    found = break_down([bought], currency="MAD", delivery=Decimal("35.00"))

    assert found.shares == (
        Share(COOPERATIVE, Decimal("16.00"), "Atlas"),
        Share(OFFICE, Decimal("3.00")),
        Share(TAX, Decimal("1.90")),
        Share(DELIVERY, Decimal("35.00")),
    )


def test_each_cooperative_has_a_row_of_its_own_however_many_lines_it_sold():
    lines = [line("Atlas", cooperative="8.00"), line("Souss", 3, cooperative="5.00"), line("Atlas", cooperative="2.00")]

    found = break_down(lines, currency="EUR")

    assert [(share.cooperative, str(share.amount)) for share in found.shares] == [
        ("Atlas", "10.00"),
        ("Souss", "15.00"),
    ]
    assert found.of(COOPERATIVE) == Decimal("25.00")


def test_a_discount_takes_its_tax_the_cooperative_s_part_at_the_frozen_rate_and_the_rest_from_the_office():
    discount = Taken(Decimal("5.50"), tax_within(Decimal("5.50"), Decimal(10)), cooperative_mad=Decimal("10.80"))
    bought = line(discounts=(discount,), cooperative="8.00", office="12.00", tax="2.00")

    found = break_down([bought], currency="EUR", mad_per_unit=Decimal("10.80"))

    assert [(share.part, str(share.amount)) for share in found.shares] == [
        ("cooperative", "7.00"),
        ("office", "8.00"),
        ("tax", "1.50"),
    ]
    assert (found.discount, found.total) == (Decimal("5.50"), Decimal("16.50"))
    assert [(share.part, str(share.amount)) for share in found.borne] == [
        ("cooperative", "1.00"),
        ("office", "4.00"),
        ("tax", "0.50"),
    ]


def test_an_office_that_gives_more_than_its_share_stands_below_nothing():
    bought = line(discounts=(Taken(Decimal("5.00"), ZERO),), cooperative="8.00", office="2.00")

    found = break_down([bought], currency="MAD")

    assert (found.of(OFFICE), found.total) == (Decimal("-3.00"), Decimal("5.00"))


def test_what_a_whole_discount_leaves_is_what_the_office_gives_to_the_cooperative():
    bought = line(discounts=(Taken(Decimal("10.00"), ZERO),), cooperative="8.00", office="2.00")

    found = break_down([bought], currency="MAD")

    assert (found.of(COOPERATIVE), found.of(OFFICE), found.total) == (Decimal("8.00"), Decimal("-8.00"), ZERO)


@given(st.lists(st.decimals(min_value=-1000, max_value=10**5, places=2), max_size=9))
def test_percents_add_up_to_a_hundred(amounts):
    shares = percents(amounts)

    assert sum(shares) == (100 if any(amount > 0 for amount in amounts) else 0)
    assert all(share >= 0 for share in shares)
    assert all(share == 0 for share, amount in zip(shares, amounts, strict=True) if amount <= 0)


def test_percents_round_up_what_lost_most():
    assert percents([Decimal("66.60"), Decimal("16.70"), Decimal("16.70")]) == [66, 17, 17]
