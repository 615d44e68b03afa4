"""Goods that came back: no stock before someone looked at them, and then as that person said."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock, StockMovement
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting import operations
from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.inspecting.operations import Found
from fulfilment.orders.inspecting.queries import sold_again, waiting
from fulfilment.orders.withdrawing import operations as withdrawing
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.returns import bring_back, inspect_all
from tests.factories.withdrawals import declare, make_delivered_order
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_lots():
    """A record of two lots of three pieces each."""
    record = make_stockrecord(in_stock=0)
    make_lot(record, 3, number="OLD", best_before=date(2027, 3, 1))
    make_lot(record, 3, number="NEW", best_before=date(2027, 9, 1))
    return record


def look(parcel, *found):
    rows = Returned.objects.filter(reference=parcel.reference).order_by("stock__lot__pk")
    said = dict(zip((row.pk for row in rows), found, strict=True))
    return operations.inspect(reference=parcel.reference, found=said, by=None, now=timezone.now())


def on_hand():
    return dict(LotStock.objects.values_list("lot__number", "on_hand"))


def test_what_came_back_is_looked_at_lot_by_lot_and_the_books_follow(two_lots):
    parcel = bring_back((two_lots, 4))
    before = on_hand()

    look(parcel, Found(2, "opened", "seal"), Found(1))

    assert (before, on_hand()) == ({"OLD": 0, "NEW": 2}, {"OLD": 2, "NEW": 3})
    moved = StockMovement.objects.filter(reference=parcel.reference).exclude(kind="sold").order_by("pk")
    told = moved.values_list("stock__lot__number", "kind", "change", "reason")
    assert sorted(told) == [
        ("NEW", "came_back", 1, ""),
        ("OLD", "came_back", 3, ""),
        ("OLD", "written_off", -1, "returned-opened: seal"),
    ]
    assert broken() == []


def test_nothing_that_came_back_is_sold_before_someone_looked_at_it(two_lots):
    parcel = bring_back((two_lots, 6))

    with pytest.raises(lots.SoldOut), transaction.atomic():
        lots.allocate({two_lots.pk: 1}, day=date(2026, 11, 20))
    inspect_all(parcel.reference)
    with transaction.atomic():
        lots.allocate({two_lots.pk: 6}, day=date(2026, 11, 20))


@pytest.mark.parametrize("state", ["BLOCKED", "RECALLED"])
def test_what_goes_back_into_a_lot_that_may_not_be_sold_is_not_sold(two_lots, state):
    parcel = bring_back((two_lots, 3))
    row = Returned.objects.get()
    lots.decide(lot=row.stock.lot, state=state, reason="fault", now=timezone.now())

    inspect_all(parcel.reference)

    two_lots.refresh_from_db()
    assert (on_hand()["OLD"], two_lots.num_in_stock) == (3, 3)
    assert sold_again(Returned.objects.select_related("stock__lot"), date(2026, 11, 20)) == set()


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (Found(4), operations.MoreThanCame),
        (Found(-1, "opened"), operations.MoreThanCame),
        (Found(2), operations.WhyMissing),
        (Found(3, "opened"), operations.WhyMissing),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(two_lots, found, refusal):
    parcel = bring_back((two_lots, 3))

    with pytest.raises(refusal):
        look(parcel, found)

    assert (on_hand()["OLD"], Returned.objects.get().inspected_at) == (0, None)


def test_all_that_came_together_is_looked_at_together_and_once(two_lots):
    parcel = bring_back((two_lots, 4))
    one, _other = Returned.objects.order_by("pk")
    for said in ({one.pk: Found(one.quantity)}, {}):
        with pytest.raises(operations.NotAllInspected):
            operations.inspect(reference=parcel.reference, found=said, by=None, now=timezone.now())
    assert [row["pieces"] for row in waiting()] == [4]

    inspect_all(parcel.reference)

    with pytest.raises(operations.NothingWaits):
        inspect_all(parcel.reference)
    assert (on_hand(), list(waiting())) == ({"OLD": 3, "NEW": 3}, [])


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(good=2, inspected_at=timezone.now()),
        lambda rows: rows.update(good=9, reason="opened", inspected_at=timezone.now()),
        lambda rows: rows.update(reason="opened"),
        lambda rows: rows.update(quantity=1),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_refuses_a_sum_that_is_not_right_and_every_change(two_lots, change):
    bring_back((two_lots, 3))

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        change(Returned.objects.all())


def test_what_was_inspected_says_so_for_ever(two_lots):
    inspect_all(bring_back((two_lots, 3)).reference)

    with pytest.raises(IntegrityError, match="inspected once"), transaction.atomic():
        Returned.objects.update(note="otherwise")


def test_withdrawn_pieces_wait_too_and_the_others_stay_with_the_buyer(two_lots):
    order = make_delivered_order((two_lots, 4))
    line = order.lines.get()
    withdrawal = declare(order, {line.pk: 4})
    withdrawing.take_back(withdrawal_id=withdrawal.pk, now=timezone.now(), by=None)

    withdrawing.accept(withdrawal_id=withdrawal.pk, back={line.pk: 2}, now=timezone.now(), by=None)

    assert on_hand() == {"OLD": 0, "NEW": 2}
    kept = Allocation.objects.exclude(state="RELEASED").order_by("pk").values_list("state", "quantity")
    assert sorted(kept) == [("BACK", 2), ("LEFT", 1), ("LEFT", 1)]
    inspect_all(withdrawal.reference)
    assert (on_hand(), broken()) == ({"OLD": 2, "NEW": 2}, [])
