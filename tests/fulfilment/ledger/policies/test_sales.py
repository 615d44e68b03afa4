from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from catalogue.pricing.policies import PublicPrice, opening_parts
from fulfilment.ledger import policies
from fulfilment.ledger.policies import AccountKey, Discount, Refund, Sale, SoldLine

ATLAS, SOUSS = 1, 2
PARTS = ("collection", "packing", "transport", "payment", "office")


def sold_line(
    order_line: int = 10,
    *,
    cooperative_id: int = ATLAS,
    quantity: int = 2,
    currency: str = "MAD",
    side: str = "home",
    rate: str = "1",
    price_mad: str = "120.00",
    farm_gate: str = "80.00",
    vat: str = "20",
    discounts: tuple[Discount, ...] = (),
) -> SoldLine:
    public = PublicPrice(Decimal(price_mad), Decimal(farm_gate), Decimal(vat))
    parts = opening_parts(public, currency=currency, side=side, rate=Decimal(rate))
    return SoldLine(
        order_line=order_line,
        cooperative_id=cooperative_id,
        quantity=quantity,
        unit_price=parts.price,
        unit_tax=parts.tax,
        unit_parts={name: getattr(parts, name) for name in PARTS},
        farm_gate_mad=Decimal(farm_gate),
        discounts=discounts,
    )


def balances(legs: tuple[policies.Leg, ...]) -> dict[str, int]:
    """Add up legs by account, named as ``code currency cooperative``."""
    found: Counter[str] = Counter()
    for leg in legs:
        account = leg.account
        name = f"{account.code} {account.currency}" + (f" {account.cooperative_id}" if account.cooperative_id else "")
        found[name] += leg.amount_minor
    return {name: amount for name, amount in found.items() if amount}


def test_a_sale_in_dirhams_is_shared_to_the_centime_without_rounding():
    sold = Sale("MAD", "card", (sold_line(),), delivery=Decimal("35.00"), delivery_tax=Decimal("5.83"))

    assert balances(policies.sale(sold)) == {
        "clearing.card MAD": 275_00,
        "cooperatives.accrued MAD 1": -160_00,
        "income.commission MAD": -40_00,
        "tax.vat MAD": -45_83,
        "income.delivery MAD": -29_17,
    }


def test_a_sale_in_euros_owes_the_cooperative_dirhams_at_the_frozen_rate():
    line = sold_line(currency="EUR", side="export", rate="10.80")
    sold = Sale("EUR", "card", (line,), Decimal("10.80"))

    legs = policies.sale(sold)

    assert line.unit_price == Decimal("9.30")
    assert policies.sums(legs) == {"EUR": 0, "MAD": 0}
    assert balances(legs) == {
        "clearing.card EUR": 18_60,
        "trading.eur EUR": -18_60,
        "trading.eur MAD": 200_88,
        "cooperatives.accrued MAD 1": -160_00,
        "income.commission MAD": -40_82,
        "expense.rounding MAD": -6,
    }


def test_what_a_price_is_made_of_is_earned_part_by_part():
    line = SoldLine(
        order_line=10,
        cooperative_id=ATLAS,
        quantity=3,
        unit_price=Decimal("100.00"),
        unit_tax=Decimal("10.00"),
        unit_parts={
            "collection": Decimal("2.00"),
            "packing": Decimal("3.00"),
            "transport": Decimal("4.00"),
            "payment": Decimal("1.00"),
            "office": Decimal("20.00"),
        },
        farm_gate_mad=Decimal("60.00"),
    )

    assert balances(policies.sale(Sale("MAD", "cash", (line,)))) == {
        "clearing.courier MAD": 300_00,
        "cooperatives.accrued MAD 1": -180_00,
        "income.collection MAD": -6_00,
        "income.packing MAD": -9_00,
        "income.transport MAD": -12_00,
        "income.payment MAD": -3_00,
        "income.commission MAD": -60_00,
        "tax.vat MAD": -30_00,
    }


def test_a_discount_takes_from_who_bears_it_and_its_tax_from_the_treasury():
    by_office = Discount(Decimal("12.00"), Decimal("2.00"))
    shared = Discount(Decimal("24.00"), Decimal("4.00"), cooperative_mad=Decimal("15.00"))
    sold = Sale("MAD", "card", (sold_line(discounts=(by_office, shared)),))

    assert balances(policies.sale(sold)) == {
        "clearing.card MAD": 204_00,
        "cooperatives.accrued MAD 1": -145_00,
        "income.commission MAD": -40_00,
        "tax.vat MAD": -34_00,
        "expense.discounts MAD": 15_00,
    }


def test_a_sale_names_the_order_line_where_it_is_owed_to_a_cooperative():
    sold = Sale("MAD", "card", (sold_line(10), sold_line(11, cooperative_id=SOUSS)))

    owed = {leg.order_line: leg.account.cooperative_id for leg in policies.sale(sold) if leg.order_line}

    assert owed == {10: ATLAS, 11: SOUSS}


def test_a_refund_of_everything_is_the_exact_opposite():
    sold = Sale("EUR", "card", (sold_line(currency="EUR", rate="10.80"),), Decimal("10.80"), Decimal("17.60"))

    back = policies.refund(sold, Refund(sold.whole))

    assert balances(policies.sale(sold) + back) == {}


def test_a_refund_of_one_piece_of_two_takes_half_of_each_share():
    sold = Sale("MAD", "card", (sold_line(),), delivery=Decimal("35.00"))

    back = policies.refund(sold, Refund({10: Fraction(1, 2)}))

    assert balances(back) == {
        "clearing.card MAD": -120_00,
        "cooperatives.accrued MAD 1": 80_00,
        "income.commission MAD": 20_00,
        "tax.vat MAD": 20_00,
    }


def test_a_refund_after_delivery_takes_from_what_is_to_be_paid():
    sold = Sale("MAD", "card", (sold_line(10), sold_line(11)))

    back = policies.refund(sold, Refund(sold.whole, delivered=frozenset({11})))

    taken = balances(back)
    assert taken["cooperatives.accrued MAD 1"] == 160_00
    assert taken["cooperatives.payable MAD 1"] == 160_00


def test_cash_is_given_back_from_the_bank():
    sold = Sale("MAD", "cash", (sold_line(),))

    assert balances(policies.refund(sold, Refund(sold.whole, method="transfer")))["bank MAD"] == -240_00


@pytest.mark.parametrize(
    "wanted",
    [
        Refund({10: Fraction(3, 2)}),
        Refund({10: Fraction(1, 2)}, already={10: Fraction(2, 3)}),
        Refund({10: Fraction(-1, 2)}),
        Refund({99: Fraction(1, 2)}),
        Refund({policies.THE_DELIVERY: Fraction(1)}),
    ],
)
def test_more_than_was_sold_is_not_given_back(wanted):
    sold = Sale("MAD", "card", (sold_line(),))

    with pytest.raises(policies.MoreThanSold):
        policies.refund(sold, wanted)


def test_an_account_of_cooperatives_needs_one_and_no_other_takes_one():
    with pytest.raises(ValueError, match="names a cooperative exactly when"):
        AccountKey("cooperatives.payable")
    with pytest.raises(ValueError, match="names a cooperative exactly when"):
        AccountKey("bank", "MAD", ATLAS)
