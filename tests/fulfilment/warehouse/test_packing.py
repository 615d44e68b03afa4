"""A parcel is closed once it was counted and found whole."""

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock
from fulfilment.orders.allocating.models import Allocation
from fulfilment.warehouse import operations
from fulfilment.warehouse.models import PackingCheck
from fulfilment.warehouse.packing import operations as packing
from fulfilment.warehouse.packing import queries
from fulfilment.warehouse.packing.policies import Item, Weighs, scanned, weight_of
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_staff
from tests.factories.sales import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_staff("logistics")


@pytest.fixture
def parcel():
    """Three jars of 450 g each, packing of theirs included."""
    record = make_stockrecord(product=make_product(net_weight_g=400))
    return move_to(open_parcels(make_held_order((record, 3)))[0], "PICKED")


def close(parcel, by, counted=None, **fields):
    inside = {item.line: item.quantity for item in queries.items_of(parcel.pk)}
    values = {"weight_g": 1500, "boxes": 1} | fields
    return packing.close_parcel(
        consignment_id=parcel.pk, counted=inside | (counted or {}), by=by, now=timezone.now(), **values
    )


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_a_parcel_counted_whole_is_closed_and_who_weighed_what_is_kept(parcel, person):
    check = close(parcel, person)

    parcel.refresh_from_db()
    assert (parcel.state, parcel.moved_by) == ("PACKED", person)
    assert (check.pieces, check.weight_g, check.boxes, check.confirmed, check.checked_by) == (3, 1500, 1, False, person)
    assert broken() == []


@pytest.mark.parametrize("found", [0, 2, 4])
def test_counts_that_differ_close_nothing_and_name_the_line(parcel, person, found):
    (item,) = queries.items_of(parcel.pk)

    with pytest.raises(packing.CountsDiffer) as refused:
        close(parcel, person, {item.line: found})

    parcel.refresh_from_db()
    (row,) = refused.value.differences
    assert (row.title, row.expected, row.counted) == (item.title, 3, found)
    assert (parcel.state, PackingCheck.objects.count()) == ("PICKED", 0)


def test_a_line_of_another_parcel_was_not_counted_in_this_one(parcel, person):
    other = make_order()
    line = other.lines.get()

    with pytest.raises(packing.CountsDiffer) as refused:
        close(parcel, person, {line.pk: 1})

    assert [(row.expected, row.counted) for row in refused.value.differences] == [(0, 1)]


@pytest.mark.parametrize(("weight", "is_odd"), [(1199, True), (1200, False), (2700, False), (2701, True)])
def test_an_odd_weight_is_confirmed_or_refused(parcel, person, weight, is_odd):
    if is_odd:
        with pytest.raises(packing.OddWeight) as odd:
            close(parcel, person, weight_g=weight)
        assert odd.value.weighs == Weighs(1200, 1350)

    assert close(parcel, person, weight_g=weight, confirmed=True).confirmed == is_odd


def test_a_second_press_is_the_same_count_and_a_second_person_is_told_whose_it_was(parcel, person):
    check = close(parcel, person)

    assert close(parcel, person) == check
    with pytest.raises(packing.CheckedAlready) as known:
        close(parcel, make_staff("logistics"))
    assert known.value.check == check


def test_a_parcel_that_is_not_picked_is_not_closed(person):
    (parcel,) = open_parcels(make_held_order((make_stockrecord(), 1)))

    with pytest.raises(operations.ImpossibleMove):
        close(parcel, person, weight_g=450)


def test_a_closed_parcel_that_is_opened_again_is_counted_again(parcel, person, run_jobs):
    first = close(parcel, person)
    lot = LotStock.objects.get().lot
    make_lot(lot.stockrecord, 5)

    lots.decide(lot=lot, state="RECALLED", reason="authority", now=timezone.now())
    run_jobs()

    first.refresh_from_db()
    assert first.opened_again_at is not None
    second = close(move_to(parcel, "PICKED"), person)
    assert second.pk != first.pk
    assert broken() == []


@pytest.mark.parametrize("step", [operations.pack, operations.hand_over])
def test_a_parcel_whose_pieces_are_not_kept_for_it_goes_nowhere(parcel, step):
    if step is operations.hand_over:
        move_to(parcel, "PACKED")
    Allocation.objects.filter(state="HELD").update(quantity=2)

    with pytest.raises(operations.PiecesMissing) as missing:
        step(consignment_id=parcel.pk, by=None, now=timezone.now())

    assert missing.value.titles == [parcel.lines.get().order_line.title_here]


def test_a_scan_is_a_lot_an_ean_or_a_reference_and_of_two_lines_the_one_that_is_not_full():
    first = Item(1, "oil", "A", 1, frozenset({"EAN", "LOT-1"}))
    second = Item(2, "oil", "B", 1, frozenset({"EAN", "LOT-2"}))

    found = [scanned([first, second], code, counted) for code, counted in (("lot-2", {}), ("EAN", {1: 1}), ("X", {}))]

    assert found == [second, second, None]


def test_what_is_not_known_of_one_line_is_not_known_of_the_parcel():
    known = Item(1, "oil", "A", 2, frozenset(), weighs=Weighs(100, 150))
    unknown = Item(2, "gone", "B", 1, frozenset())

    assert (weight_of([known]), weight_of([known, unknown]), weight_of([])) == (Weighs(200, 300), None, None)
