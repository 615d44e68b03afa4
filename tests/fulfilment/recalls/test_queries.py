"""From a lot to orders, parcels, places and buyers, hampers counted in; and nothing of other lots."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from catalogue.lots.models import Lot
from catalogue.receiving.operations import send_transfer
from fulfilment.recalls.queries import orders_to_tell, reached_by, recalled_in, with_hampers
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_staff
from tests.factories.recalls import call_back, pack
from tests.factories.receiving import make_hub
from tests.factories.returns import bring_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub():
    return make_hub()


@pytest.fixture
def honey(hub):
    """Two lots of honey, four pieces of the one that goes first."""
    record = make_stockrecord(in_stock=0)
    make_lot(record, 4, place=hub, number="OLD", best_before=date(2027, 3, 1))
    make_lot(record, 20, place=hub, number="NEW", best_before=date(2027, 9, 1))
    return record


def reach(*numbers):
    lots = Lot.objects.filter(number__in=numbers).values_list("pk", flat=True)
    return reached_by(with_hampers(lots))


def found(reached):
    return {order.number: [(row.where, row.pieces) for row in order.rows] for order in reached.orders}


def sell(state, *items, **fields):
    """Return an order and its only parcel, taken so far."""
    order = make_held_order(*items, **fields)
    parcels = open_parcels(order)
    if state:
        move_to(parcels[0], state)
    return order


def test_a_line_of_two_lots_is_found_by_both_and_only_with_its_own_pieces(honey):
    split = sell("DELIVERED", (honey, 6))
    new = sell("HANDED_OVER", (honey, 1), phone="+212622222222")

    assert found(reach("OLD")) == {split.number: [("delivered", 4)]}
    assert found(reach("NEW")) == {split.number: [("delivered", 2)], new.number: [("under_way", 1)]}


def test_parcels_are_counted_by_where_they_are_and_buyers_once(honey):
    for state in ("DELIVERED", "DELIVERED", "HANDED_OVER", "PACKED", ""):
        sell(state, (honey, 1))
    bring_back((honey, 1), phone="+212622222222")

    reached = reach("OLD", "NEW")

    assert reached.parcels == {"delivered": 2, "under_way": 1, "here": 2, "not_taken": 1}
    assert (len(reached.orders), len(reached.to_tell), reached.buyers) == (6, 3, 1)


def test_what_was_given_up_reached_nobody(honey):
    order = make_held_order((honey, 2))
    order.lines.get().allocations.update(state="RELEASED")

    assert reach("OLD").orders == ()


def test_places_with_pieces_are_named_and_what_is_between_them(honey, hub):
    shop = make_hub("shop", name="Rabat")
    stock = Lot.objects.get(number="NEW").stock.get()
    send_transfer(from_place=hub, to_place=shop, pieces={stock.pk: 5}, key=uuid4(), by=make_staff(), now=timezone.now())

    shelves = [(shelf.place, shelf.pieces, shelf.on_the_way) for shelf in reach("NEW").shelves]

    assert shelves == [(hub.name, 15, False), ("Rabat", 5, True)]


def test_a_component_reaches_who_bought_the_hamper_and_not_who_bought_another(honey, hub):
    oil = make_stockrecord(in_stock=0)
    make_lot(oil, 5, place=hub, number="OIL")
    packed = pack(hub, honey, oil, number=2)
    hamper = sell("DELIVERED", (packed.stockrecord, 1))
    alone = sell("DELIVERED", (oil, 1), phone="+212622222222")

    assert found(reach("OLD")) == {hamper.number: [("delivered", 1)]}
    assert set(found(reach("OIL"))) == {hamper.number, alone.number}
    assert found(reach("NEW")) == {}
    assert found(reach(packed.number)) == {hamper.number: [("delivered", 1)]}


def test_a_hamper_within_a_hamper_is_found_too(honey, hub):
    inner = pack(hub, honey, number=1)
    outer = pack(hub, inner.stockrecord, number=1)

    assert with_hampers([Lot.objects.get(number="OLD").pk]) == {
        Lot.objects.get(number="OLD").pk: None,
        inner.pk: Lot.objects.get(number="OLD").pk,
        outer.pk: inner.pk,
    }


def test_the_number_of_queries_does_not_grow(honey, django_assert_num_queries):
    for orders in (1, 2):
        for _ in range(orders):
            sell("DELIVERED", (honey, 1))
        lots = with_hampers(Lot.objects.values_list("pk", flat=True))
        with django_assert_num_queries(4):
            reached_by(lots)


def test_the_way_from_a_lot_to_its_lines_is_one_index_and_no_row_of_the_table(honey):
    """What is read of allocations stands in the index; the planner is free on a small table, so it is held to it."""
    from django.db import connection

    sell("DELIVERED", (honey, 1))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN SELECT line_id, quantity, state FROM order_allocation"
            " WHERE stock_id = 1 AND state IN ('HELD', 'LEFT', 'BACK')"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Index Only Scan using allocation_of_a_lot" in plan


def test_those_are_told_whose_pieces_left_and_their_order_knows_what(honey):
    kept = sell("PACKED", (honey, 1))
    gone = sell("DELIVERED", (honey, 6))
    bring_back((honey, 1))

    recall = call_back("OLD")

    assert orders_to_tell(recall.pk) == [gone.pk]
    assert [(row.lot, row.pieces, row.recall) for row in recalled_in([gone.pk, kept.pk])] == [("OLD", 3, recall)]
