"""What the database itself keeps: sums of movements, sums of lots, rows that stay."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.lots import operations
from catalogue.lots.models import Lot, LotStock, Place, QualityDecision, StockMovement
from tests.factories.catalogue import make_product, make_stockrecord
from tests.factories.lots import make_lot, make_place, move

pytestmark = pytest.mark.django_db


def sums(record):
    record.refresh_from_db()
    return record.num_in_stock, record.num_allocated


def test_a_stock_record_is_the_sum_of_its_released_lots_at_places_that_sell_online():
    record, shop = make_stockrecord(in_stock=4, promised=1), make_place("shop")
    at_shop = make_lot(record, 5, place=shop, held=2)
    make_lot(record, 7, state=Lot.State.AWAITING)
    told = [sums(record)]

    Place.objects.filter(pk=shop.pk).update(sells_online=False)
    told.append(sums(record))
    Place.objects.filter(pk=shop.pk).update(sells_online=True)
    operations.decide(lot=at_shop.lot, state="RECALLED", reason="authority", now=timezone.now())
    told.append(sums(record))

    assert told == [(9, 3), (4, 1), (4, 1)]
    assert not [name for name, found in violations() if found and name.startswith("lots:")]


@pytest.mark.parametrize("change", [-5, -11])
def test_what_is_promised_or_not_there_does_not_leave(change):
    stock = make_lot(make_stockrecord(in_stock=0), 10, held=6)

    with pytest.raises(IntegrityError), transaction.atomic():
        move(stock, change)


@pytest.mark.parametrize(
    "write",
    [
        lambda stock: LotStock.objects.filter(pk=stock.pk).update(on_hand=99),
        lambda stock: LotStock.objects.create(lot=stock.lot, place=make_place(), on_hand=3),
        lambda stock: LotStock.objects.filter(pk=stock.pk).update(place=make_place()),
        lambda stock: Lot.objects.filter(pk=stock.lot_id).update(stockrecord=make_stockrecord()),
        lambda stock: stock.movements.update(change=99),
        lambda stock: stock.movements.all().delete(),
        lambda stock: QualityDecision.objects.all().delete(),
    ],
)
def test_nothing_changes_but_by_a_movement(write):
    stock = make_lot(make_stockrecord(in_stock=0), 10)
    operations.decide(lot=stock.lot, state="BLOCKED", reason="fault", now=timezone.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        write(stock)


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [("sold", 1, ""), ("received", -1, ""), ("adjusted", 0, "x"), ("adjusted", 1, ""), ("written_off", -1, "")],
)
def test_a_movement_goes_its_way_and_says_why(kind, change, reason):
    stock = make_lot(make_stockrecord(in_stock=0), 10)

    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(stock=stock, kind=kind, change=change, reason=reason, at=timezone.now())


def test_a_lot_ends_after_it_was_made():
    record = make_stockrecord()
    dates = {"produced_on": date(2026, 11, 1), "best_before": date(2026, 11, 1)}

    with pytest.raises(operations.LotEnds):
        operations.add_lot(number="L1", stockrecord=record, now=timezone.now(), **dates)
    with pytest.raises(operations.LotEnds):
        operations.redate(lot=record.lots.get(), **dates)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_lot(record, produced_on=date(2026, 11, 1), best_before=date(2026, 11, 1))


def test_a_number_stands_for_one_lot():
    record, dates = make_stockrecord(), {"produced_on": date(2026, 11, 1), "best_before": None}
    made = operations.add_lot(number="L1", stockrecord=record, now=timezone.now(), **dates)

    with pytest.raises(operations.LotKnown) as known:
        operations.add_lot(number="L1", stockrecord=record, now=timezone.now(), **dates)

    assert known.value.lot == made


def test_the_same_key_moves_once():
    stock, key = make_lot(make_stockrecord(in_stock=0), 10), uuid4()
    ask = {"stock": stock, "kind": "written_off", "reason": "broken", "now": timezone.now(), "key": key}

    made = [operations.move_pieces(change=-2, **ask) for _ in range(2)]

    stock.refresh_from_db()
    assert (made[0], stock.on_hand) == (made[1], 8)
    with pytest.raises(operations.AlreadyMoved):
        operations.move_pieces(change=-3, **ask)


def test_retire_blocks_what_is_too_near_its_date_and_nothing_else():
    product = make_product(shelf_life_days=365)
    record = make_stockrecord(in_stock=3, product=product)
    old, good = make_lot(record, 5, best_before=date(2026, 11, 30)), make_lot(record, 5, best_before=date(2026, 12, 1))

    blocked = [operations.retire(now=timezone.now()) for _ in range(2)]

    states = dict(Lot.objects.values_list("pk", "state"))
    assert (blocked, states[old.lot_id], states[good.lot_id], sums(record)) == ([1, 0], "BLOCKED", "RELEASED", (8, 0))
    assert old.lot.decisions.get().reason == "too_old"
