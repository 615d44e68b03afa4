"""Sales in cash: rounded down at the office's cost, with a stamp duty that the office or the buyer bears."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.ledger import policies
from fulfilment.ledger.policies import AtTheDoor, Refund, Sale
from tests.fulfilment.ledger.policies.test_sales import balances, sold_line

D = Decimal


def cash_sale(line: AtTheDoor, delivery: AtTheDoor) -> Sale:
    return Sale(
        "MAD",
        "cash",
        (policies.SoldLine(**{**vars(sold_line(vat="0")), "at_the_door": line}),),
        delivery=D("35.00"),
        delivery_at_the_door=delivery,
    )


def test_what_is_rounded_down_and_the_duty_that_the_office_bears_are_its_expenses():
    sold = cash_sale(AtTheDoor(D("0.20"), D("0.60")), AtTheDoor(D("0.05"), D("0.09")))

    legs = balances(policies.sale(sold))

    assert sold.gross == D("274.75")
    assert legs == {
        "clearing.courier MAD": 274_75,
        "cooperatives.accrued MAD 1": -160_00,
        "income.commission MAD": -80_00,
        "income.delivery MAD": -35_00,
        "expense.cash_rounding MAD": 25,
        "expense.stamp_duty MAD": 69,
        "tax.stamp MAD": -69,
    }


def test_the_duty_that_the_buyer_bears_comes_in_with_the_money():
    sold = cash_sale(AtTheDoor(D("0.20"), D("0.60"), D("0.60")), AtTheDoor(D("0.05"), D("0.09"), D("0.09")))

    legs = balances(policies.sale(sold))

    assert sold.gross == D("275.44")
    assert (legs["clearing.courier MAD"], legs["tax.stamp MAD"]) == (275_44, -69)
    assert "expense.stamp_duty MAD" not in legs


centimes = st.integers(min_value=0, max_value=99).map(lambda number: D(number) / 100)


@st.composite
def shares(draw):
    duty = draw(centimes)
    return AtTheDoor(draw(centimes), duty, draw(st.sampled_from([D(0), duty])))


@given(line=shares(), delivery=shares())
def test_whatever_is_asked_at_the_door_balances_by_line_and_delivery(line, delivery):
    sold = cash_sale(line, delivery)

    assert all(policies.sums(block) == {"MAD": 0} for block in policies.sales.blocks(sold).values())


@given(line=shares(), delivery=shares(), pieces=st.permutations([1, 2]))
def test_refunds_piece_by_piece_take_back_rounding_and_duty_exactly(line, delivery, pieces):
    sold = cash_sale(line, delivery)
    booked = list(policies.sale(sold))
    already: dict = {}

    for _piece in pieces:
        booked += policies.refund(sold, Refund({10: Fraction(1, 2)}, already=already, method="transfer"))
        already = {10: already.get(10, Fraction(0)) + Fraction(1, 2)}
    booked += policies.refund(sold, Refund({None: Fraction(1)}, method="transfer"))

    gross = int(sold.gross * 100)
    assert balances(tuple(booked)) == ({"clearing.courier MAD": gross, "bank MAD": -gross} if gross else {})


@pytest.mark.parametrize("method", ["card", "transfer"])
def test_a_refund_of_everything_gives_back_what_was_collected(method):
    sold = cash_sale(AtTheDoor(D("0.20"), D("0.60"), D("0.60")), AtTheDoor(D("0.05"), D("0.09"), D("0.09")))

    taken_back = balances(policies.refund(sold, Refund(sold.whole, method=method)))

    assert taken_back["tax.stamp MAD"] == 69
    assert taken_back["expense.cash_rounding MAD"] == -25
    assert taken_back["bank MAD" if method == "transfer" else "clearing.card MAD"] == -275_44
