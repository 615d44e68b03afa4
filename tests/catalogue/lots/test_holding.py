"""Promises on pieces of lots, and what the stock record says of them."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from catalogue.lots import operations
from catalogue.lots.models import Lot, StockMovement
from catalogue.lots.policies import Position
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot, make_place

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
CASABLANCA, OUJDA = Position(33.57, -7.59), Position(34.68, -1.91)


def taken(takes):
    return [(take.stock_id, take.quantity) for take in takes]


def test_what_ages_first_goes_first():
    record = make_stockrecord(in_stock=0)
    late, early = make_lot(record, 5, best_before=date(2027, 6, 1)), make_lot(record, 5, best_before=date(2027, 2, 1))
    ageless = make_lot(record, 5)

    takes = operations.allocate({record.pk: 11}, day=TODAY)

    assert taken(takes) == [(early.pk, 5), (late.pk, 5), (ageless.pk, 1)]


@pytest.mark.parametrize("state", [Lot.State.AWAITING, Lot.State.BLOCKED, Lot.State.RECALLED])
def test_only_released_lots_are_sold(state):
    record = make_stockrecord(in_stock=0)
    make_lot(record, 5, state=state)

    with pytest.raises(operations.SoldOut) as short, transaction.atomic():
        operations.allocate({record.pk: 1}, day=TODAY)

    record.refresh_from_db()
    assert (short.value.left, record.num_in_stock) == ({record.pk: 0}, 0)


@pytest.mark.parametrize(
    ("shelf_life", "best_before", "abroad", "left"),
    [
        (365, date(2026, 11, 30), False, 0),
        (365, date(2026, 12, 1), False, 5),
        (365, date(2027, 1, 4), True, 0),
        (365, date(2027, 1, 5), True, 5),
        (21, date(2026, 11, 27), False, 0),
        (21, date(2026, 11, 28), True, 5),
        (None, date(2026, 11, 20), False, 0),
    ],
)
def test_a_lot_is_sold_while_enough_of_its_life_is_left(shelf_life, best_before, abroad, left):
    record = make_stockrecord(in_stock=0, product=make_product(shelf_life_days=shelf_life))
    make_lot(record, 5, best_before=best_before)

    with pytest.raises(operations.SoldOut) as short, transaction.atomic():
        operations.allocate({record.pk: 6}, day=TODAY, abroad=abroad)

    assert short.value.left == {record.pk: left}


def test_nothing_is_promised_when_one_thing_is_short():
    honey, dates = make_stockrecord(in_stock=10), make_stockrecord(in_stock=5, promised=4)

    with pytest.raises(operations.SoldOut) as short, transaction.atomic():
        operations.allocate({honey.pk: 3, dates.pk: 2}, day=TODAY)

    honey.refresh_from_db()
    assert (short.value.left, honey.num_allocated) == ({dates.pk: 1}, 0)


def test_fewer_parcels_count_before_a_shorter_way_and_a_shorter_way_before_age():
    honey, dates = make_stockrecord(in_stock=0), make_stockrecord(in_stock=0)
    near, far = make_place(), make_place(latitude="34.68", longitude="-1.91")
    make_lot(honey, 5, place=near, best_before=date(2028, 1, 1))
    both = [make_lot(record, 5, place=far, best_before=date(2027, 3, 1)) for record in (honey, dates)]

    one_parcel = operations.allocate({honey.pk: 1, dates.pk: 1}, day=TODAY, to=CASABLANCA)
    nearest = operations.allocate({honey.pk: 1}, day=TODAY, to=CASABLANCA)
    elsewhere = operations.allocate({honey.pk: 1}, day=TODAY, to=OUJDA)

    assert {take.place_id for take in one_parcel} == {far.pk}
    assert [take.place_id for take in (*nearest, *elsewhere)] == [near.pk, far.pk]
    assert taken(elsewhere) == [(both[0].pk, 1)]


def test_a_line_may_come_from_two_places_when_no_place_has_all():
    honey = make_stockrecord(in_stock=4)
    hub = make_lot(honey, 3, place=make_place())

    takes = operations.allocate({honey.pk: 6}, day=TODAY)

    assert (sum(take.quantity for take in takes), len({take.place_id for take in takes})) == (6, 2)
    with pytest.raises(operations.SoldOut) as short:
        operations.allocate_whole(honey.pk, 2, day=TODAY)
    assert (short.value.left, hub.place.sells_online) == ({honey.pk: 1}, True)


def test_a_shop_that_does_not_sell_online_sells_what_it_has_at_its_counter_alone():
    honey, shop = make_stockrecord(in_stock=0), make_place("shop", sells_online=False)
    stock = make_lot(honey, 3, place=shop)
    honey.refresh_from_db()
    offered = honey.on_offer

    with pytest.raises(operations.SoldOut), transaction.atomic():
        operations.allocate({honey.pk: 1}, day=TODAY)
    takes = operations.allocate({honey.pk: 2}, day=TODAY, place_id=shop.pk)

    stock.refresh_from_db()
    assert (offered, taken(takes), stock.held) == (0, [(stock.pk, 2)], 2)


def test_released_consumed_and_put_back_the_sums_follow():
    record = make_stockrecord(in_stock=10, promised=4)
    stock = record.lots.get().stock.get()
    told = []

    for change in (
        lambda: operations.release({stock.pk: 1}),
        lambda: operations.consume({stock.pk: 3}, reference="P-1", now=timezone.now()),
        lambda: operations.put_back({stock.pk: 2}, reference="P-1", now=timezone.now()),
    ):
        with transaction.atomic():
            change()
        record.refresh_from_db()
        told.append((record.num_in_stock, record.num_allocated))

    assert told == [(10, 3), (7, 0), (9, 0)]
    moved = StockMovement.objects.filter(reference="P-1").order_by("pk")
    assert list(moved.values_list("kind", "change")) == [("sold", -3), ("came_back", 2)]


@pytest.mark.parametrize("does", ["release", "consume"])
def test_no_more_is_given_up_than_is_promised(does):
    record = make_stockrecord(in_stock=10, promised=2)
    stock = record.lots.get().stock.get()
    how = {"reference": "P-1", "now": timezone.now()} if does == "consume" else {}

    with pytest.raises(operations.NotHeld), transaction.atomic():
        getattr(operations, does)({stock.pk: 3}, **how)
