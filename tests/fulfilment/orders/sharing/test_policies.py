"""A line is shared by the lots that its pieces are of and by what each made of them, to the centime."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fulfilment.orders.sharing.policies import Part, parts_of

D = Decimal
centimes = st.integers(0, 10_000_00).map(lambda minor: D(minor) / 100)


@st.composite
def thousandths(draw):
    """Return shares of a thousand, of one to five cooperatives."""
    cuts = sorted(draw(st.sets(st.integers(1, 999), max_size=4)))
    bounds = [0, *cuts, 1000]
    return {place + 1: end - begin for place, (begin, end) in enumerate(pairwise(bounds))}


lots = st.dictionaries(st.integers(1, 9), st.tuples(st.integers(1, 50), st.none() | thousandths()), min_size=1)


def test_pieces_of_two_lots_are_shared_as_each_lot_is():
    shares = {7: {1: 500, 2: 300, 3: 200}}

    parts = parts_of({7: 2, 8: 1}, shares, seller_id=1, owed_mad=D("90.00"), given_mad=D("9.00"))

    assert parts == [
        Part(7, 1, 500, D("30.00"), D("3.00")),
        Part(7, 2, 300, D("18.00"), D("1.80")),
        Part(7, 3, 200, D("12.00"), D("1.20")),
        Part(8, 1, 1000, D("30.00"), D("3.00")),
    ]


def test_pieces_of_lots_that_nobody_shares_need_no_parts():
    assert parts_of({7: 2, 8: 1}, {9: {1: 1000}}, seller_id=1, owed_mad=D("90.00"), given_mad=D("0.00")) == []


@given(lots, centimes, centimes)
def test_parts_add_up_to_the_centime_and_none_is_a_centime_off_its_share(lots, owed, given_up):
    pieces = {lot: number for lot, (number, _shares) in lots.items()}
    shares = {lot: shared for lot, (_number, shared) in lots.items() if shared}

    parts = parts_of(pieces, shares, seller_id=99, owed_mad=owed, given_mad=given_up)

    assert bool(parts) == bool(shares)
    if parts:
        assert (sum(part.amount_mad for part in parts), sum(part.given_mad for part in parts)) == (owed, given_up)
        whole = sum(pieces.values()) * 1000
        for part in parts:
            weight = pieces[part.lot_id] * part.per_mille
            assert abs(part.amount_mad - owed * weight / whole) < D("0.01")
            assert part.amount_mad >= 0 <= part.given_mad
