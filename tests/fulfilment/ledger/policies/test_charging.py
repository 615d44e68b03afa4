"""What cooperatives bear of a lost dispute: their exact share, from where it stands, never more than is left."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fulfilment.ledger import policies
from fulfilment.ledger.policies import AccountKey, Earned, Refund, Stands

from .test_histories import balance, sales
from .test_sales import balances

PORTIONS = st.fractions(min_value=0, max_value=1, max_denominator=500)
CODES = ("cooperatives.accrued", "cooperatives.payable")


def standing(sold, legs):
    """Read from plain legs what ``queries.standing_of`` reads from rows."""
    found = []
    for line in sold.lines:
        mine = [leg for leg in legs if leg.order_line == line.order_line]
        sums = {code: -sum(leg.amount_minor for leg in mine if leg.account.code == code) for code in CODES}
        found.append(Stands(line.order_line, line.cooperative_id, *sums.values()))
    return found


def test_what_is_delivered_is_taken_from_what_is_to_be_paid_and_the_rest_from_what_was_sold():
    lines = [Stands(1, 7, 0, 100_00), Stands(2, 7, 60_00, 0), Stands(3, 8, 0, 9_99)]

    legs = policies.charged_back(lines, Fraction(1, 2))

    assert balances(legs) == {
        "cooperatives.payable MAD 7": 50_00,
        "cooperatives.accrued MAD 7": 30_00,
        "cooperatives.payable MAD 8": 4_99,
        "expense.disputes_lost MAD": -84_99,
    }
    assert [leg.order_line for leg in legs if leg.account.code in CODES] == [1, 2, 3]


def test_what_was_refunded_is_not_taken_twice():
    assert policies.charged_back([Stands(1, 7, 0, 0)], Fraction(1)) == ()
    (taken, _) = policies.charged_back([Stands(1, 7, 0, 30_00)], Fraction(1))
    assert taken.amount_minor == 30_00
    (half, _) = policies.charged_back([Stands(1, 7, 0, 30_00)], Fraction(1, 2))
    assert half.amount_minor == 15_00


@given(sales(), PORTIONS, st.booleans(), PORTIONS)
def test_any_share_balances_and_leaves_no_cooperative_below_nothing(sold, disputed, delivered, refunded):
    legs = list(policies.sale(sold))
    if delivered:
        legs += policies.delivered(Earned(one.order_line, one.cooperative_id, one.owed_mad) for one in sold.lines)
    earned = frozenset(one.order_line for one in sold.lines) if delivered else frozenset()
    method = "transfer" if sold.method == "cash" else "card"
    legs += policies.refund(sold, Refund(dict.fromkeys(sold.whole, refunded), delivered=earned, method=method))
    before = standing(sold, legs)

    taken = policies.charged_back(before, disputed)
    after = standing(sold, [*legs, *taken])

    assert set(policies.sums(taken).values()) <= {0}
    for was, now in zip(before, after, strict=True):
        left = was.accrued_minor + was.payable_minor
        stays = now.accrued_minor + now.payable_minor
        assert 0 <= disputed * max(left, 0) - (left - stays) < 1
    assert -balance(taken, AccountKey("expense.disputes_lost")) == sum(
        balance(taken, AccountKey(code, "MAD", cooperative)) for code in CODES for cooperative in (1, 2, 3)
    )


@given(sales())
def test_the_whole_of_a_delivered_sale_leaves_cooperatives_nothing_more_to_give(sold):
    legs = [*policies.sale(sold)]
    legs += policies.delivered(Earned(one.order_line, one.cooperative_id, one.owed_mad) for one in sold.lines)

    legs += policies.charged_back(standing(sold, legs), Fraction(1))

    for cooperative in (1, 2, 3):
        assert sum(balance(legs, AccountKey(code, "MAD", cooperative)) for code in CODES) == 0


@given(sales(), st.booleans(), st.data())
def test_the_rest_after_one_line_was_refunded_whole_leaves_nothing(sold, delivered, data):
    legs = list(policies.sale(sold))
    if delivered:
        legs += policies.delivered(Earned(one.order_line, one.cooperative_id, one.owed_mad) for one in sold.lines)
    earned = frozenset(one.order_line for one in sold.lines) if delivered else frozenset()
    gone = data.draw(st.sampled_from([one.order_line for one in sold.lines]))
    method = "transfer" if sold.method == "cash" else "card"
    legs += policies.refund(sold, Refund({gone: Fraction(1)}, delivered=earned, method=method))

    legs += policies.charged_back(standing(sold, legs), Fraction(1))

    assert all((one.accrued_minor, one.payable_minor) == (0, 0) for one in standing(sold, legs))


@given(sales(), st.booleans(), PORTIONS)
def test_what_is_given_back_after_a_charge_back_leaves_no_line_below_nothing(sold, delivered, disputed):
    legs = list(policies.sale(sold))
    if delivered:
        legs += policies.delivered(Earned(one.order_line, one.cooperative_id, one.owed_mad) for one in sold.lines)
    earned = frozenset(one.order_line for one in sold.lines) if delivered else frozenset()
    charged = policies.charged_back(standing(sold, legs), disputed)
    method = "transfer" if sold.method == "cash" else "card"
    legs += [*charged, *policies.refund(sold, Refund(sold.whole, delivered=earned, method=method))]

    good = policies.made_good(standing(sold, legs), earned)

    after = standing(sold, [*legs, *good])
    assert all((one.accrued_minor, one.payable_minor) == (0, 0) for one in after)
    lost = AccountKey("expense.disputes_lost")
    assert balance(good, lost) == -balance(charged, lost)
