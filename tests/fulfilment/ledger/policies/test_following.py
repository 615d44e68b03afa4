"""What was taken of goods that several made follows to each of them, whatever came first, to the centime."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel.money import MAD
from fulfilment.ledger.policies import AccountKey, Taken, followed, shared, sums

LINE, SELLER = 5, 1
earned = st.dictionaries(st.integers(1, 6), st.integers(1, 10_000), min_size=1, max_size=5)


class Books:
    """What refunds and disputes took of one line, on each account."""

    def __init__(self, earned):
        self.earned = earned
        self.accrued, self.payable = [Counter(), Counter()], [Counter(), Counter()]

    def take(self, kind, amount):
        """Take so much as if the goods had not arrived, and let it follow."""
        self.accrued[kind][SELLER] += amount
        kinds = [Taken(dict(here), dict(there)) for here, there in zip(self.accrued, self.payable, strict=True)]
        for place, legs in enumerate(followed(LINE, self.earned, kinds)):
            assert sums(legs).get(MAD, 0) == 0
            for leg in legs:
                account = leg.account
                to = self.accrued if account == AccountKey("cooperatives.accrued", MAD, SELLER) else self.payable
                to[place][account.cooperative_id] += leg.amount_minor

    @property
    def left(self):
        return {one: amount - sum(taken[one] for taken in self.payable) for one, amount in self.earned.items()}


@given(earned, st.lists(st.floats(0, 1), max_size=5))
def test_what_is_taken_in_parts_ends_at_nothing_for_each(earned, cuts):
    whole = sum(earned.values())
    bounds = [0, *sorted(int(cut * whole) for cut in cuts), whole]
    books = Books(earned)
    for begin, end in pairwise(bounds):
        books.take(0, end - begin)
        assert {one: books.payable[0][one] for one in earned} == shared(end, earned)

    assert (set(books.left.values()), set(books.accrued[0].values())) == ({0}, {0})


@given(earned, st.lists(st.integers(1, 500), min_size=1, max_size=5), st.data())
def test_what_is_put_back_in_any_order_leaves_each_what_it_earned(earned, amounts, data):
    books = Books(earned)
    for amount in amounts:
        books.take(0, amount)
    for amount in data.draw(st.permutations(amounts)):
        books.take(0, -amount)

    assert books.left == earned


def test_a_line_of_one_cooperative_moves_as_it_stands():
    (refunds, disputes) = followed(LINE, {SELLER: 900}, [Taken({SELLER: 300}, {SELLER: 100}), Taken({}, {SELLER: 50})])

    assert {(leg.account.code, leg.amount_minor) for leg in refunds} == {
        ("cooperatives.payable", 300),
        ("cooperatives.accrued", -300),
    }
    assert disputes == ()


def test_a_refund_and_a_dispute_of_the_rest_leave_nobody_a_centime():
    earned = {1: 1112, 2: 1112, 3: 1113}

    legs = [leg for moved in followed(LINE, earned, [Taken({1: 1112}, {}), Taken({1: 2225}, {})]) for leg in moved]

    taken = Counter()
    for leg in legs:
        if leg.account.code == "cooperatives.payable":
            taken[leg.account.cooperative_id] += leg.amount_minor
    assert taken == earned
