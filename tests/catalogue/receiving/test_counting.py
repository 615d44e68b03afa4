"""Counting a place: what is shown, what is applied, and what a bad file leaves behind (nothing)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from catalogue.kernel import tables
from catalogue.kernel.tables import TableRefused
from catalogue.lots.models import LotStock, StockMovement
from catalogue.people.models import User
from catalogue.receiving import operations
from catalogue.receiving.models import StocktakeLine
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.receiving import broken, make_hub

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
MUCH_LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def person():
    return User.objects.create_user(phone="+212600000001")


@pytest.fixture
def hub():
    return make_hub()


@pytest.fixture
def stock(hub):
    return make_lot(make_stockrecord(in_stock=0), 10, place=hub, number="L-1")


@pytest.fixture
def stocktake(hub, person):
    return operations.open_stocktake(place=hub, by=person, now=NOW)


def count(stocktake, code, pieces, person, now=NOW, **how):
    return operations.count_one(stocktake_id=stocktake.pk, code=code, pieces=pieces, by=person, now=now, **how)


def apply(stocktake, person, now=MUCH_LATER):
    return operations.apply_stocktake(stocktake_id=stocktake.pk, by=person, now=now)


def sell(stock, pieces, now=LATER):
    StockMovement.objects.create(stock=stock, kind="sold", change=-pieces, at=now)


def on_hand(stock):
    return LotStock.objects.get(pk=stock.pk).on_hand


def test_differences_are_shown_before_anything_changes_and_what_left_meanwhile_is_not_missed(stock, stocktake, person):
    line = count(stocktake, "L-1", 8, person)
    sell(stock, 3)
    before = on_hand(stock)

    changed = apply(stocktake, person)

    assert (line.difference, before, on_hand(stock), changed, broken()) == (-2, 7, 5, 1, [])


def test_a_scanner_adds_piece_by_piece_by_the_code_on_the_jar(stock, stocktake, person):
    for code in ("L-1", stock.lot.stockrecord.product.upc, stock.lot.stockrecord.product.sku):
        line = count(stocktake, code, 1, person, add=True)

    assert (line.counted, line.book) == (3, 10)


def test_a_scan_while_pieces_leave_asks_to_count_again(stock, stocktake, person):
    count(stocktake, "L-1", 4, person)
    sell(stock, 1)

    with pytest.raises(operations.MovedMeanwhile):
        count(stocktake, "L-1", 1, person, LATER, add=True)
    count(stocktake, "L-1", 9, person, MUCH_LATER)

    apply(stocktake, person, MUCH_LATER + timedelta(minutes=1))
    assert on_hand(stock) == 9


def test_a_code_of_several_lots_or_none_is_told(stock, stocktake, person, hub):
    make_lot(stock.lot.stockrecord, 5, place=hub, number="L-2")

    for code, numbers in ((stock.lot.stockrecord.product.upc, ["L-1", "L-2"]), ("nothing", [])):
        with pytest.raises(operations.NotFound) as found:
            count(stocktake, code, 1, person)
        assert found.value.numbers == numbers


def test_all_or_nothing_is_applied_and_never_fewer_than_promised(stock, stocktake, person, hub):
    other = make_lot(make_stockrecord(in_stock=0), 10, place=hub, number="L-2", held=6)
    count(stocktake, "L-1", 1, person)
    line = count(stocktake, "L-2", 5, person)

    with pytest.raises(operations.StocktakeRefused) as refused:
        apply(stocktake, person)

    assert (list(refused.value.reasons), on_hand(stock), on_hand(other)) == ([line.pk], 10, 10)


def test_an_older_count_never_undoes_a_newer_one(stock, stocktake, person, hub):
    other = User.objects.create_user(phone="+212600000002")
    newer = operations.open_stocktake(place=hub, by=other, now=NOW)
    count(stocktake, "L-1", 8, person)
    count(newer, "L-1", 9, other, LATER)
    apply(newer, other)

    with pytest.raises(operations.StocktakeRefused):
        apply(stocktake, person)

    assert on_hand(stock) == 9
    with pytest.raises(operations.StocktakeEnded):
        apply(newer, other)


def upload(stocktake, content, person, now=MUCH_LATER):
    content = content if isinstance(content, bytes) else content.encode()
    return operations.count_file(stocktake_id=stocktake.pk, content=content, by=person, now=now)


def test_a_file_says_when_it_was_counted(stock, stocktake, person):
    sell(stock, 2)  # half an hour after the first row was counted, before the upload

    upload(stocktake, "lot,counted,counted_at\nL-1,10,2026-11-20 09:10\n", person)
    line = StocktakeLine.objects.get()
    apply(stocktake, person, MUCH_LATER + timedelta(minutes=1))

    assert (line.book, line.difference, on_hand(stock)) == (10, 0, 8)


def test_a_workbook_is_read_as_well(stock, stocktake, person):
    assert upload(stocktake, tables.as_xlsx(["lot", "counted"], [["L-1", 7]]), person) == 1
    assert StocktakeLine.objects.get().difference == -3


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        ("L-1,-1", 3, "from 0 to"),
        ("L-1,1000000000", 3, "from 0 to"),
        ("NOBODY,3", 3, "No lot bears"),
        ("L-2,4", 3, "is in row 2 already"),
        ("=1+1,3", 3, "like a formula"),
        ("L-1,=2", 3, "whole number"),
        ("L-1,٥٫٥", 3, "whole number"),
        ('"L-1,3', 3, "quotation"),
    ],
)
def test_a_bad_file_is_refused_with_row_and_reason_and_nothing_is_written(
    stock, stocktake, person, hub, rows, row, words
):
    make_lot(make_stockrecord(in_stock=0), 10, place=hub, number="L-2")

    with pytest.raises(TableRefused) as refused:
        upload(stocktake, f"lot,counted\nL-2,9\n{rows}\n", person)

    problem = refused.value.problems[0]
    assert (words in str(problem), StocktakeLine.objects.count()) == (True, 0), str(problem)
    assert problem.row in (row, None, 4)
