"""Goods moved and counted while others sell or count them. Each race has a twin without its lock."""

import threading
from datetime import date
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.lots import operations as lots
from catalogue.lots.models import LotStock
from catalogue.people.models import User
from catalogue.receiving import operations
from catalogue.receiving.operations import counting, moving
from tests.factories.catalogue import make_stockrecord
from tests.factories.lots import make_lot
from tests.factories.receiving import make_hub
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person():
    return User.objects.create_user(phone="+212600000001")


@pytest.fixture
def stock():
    return make_lot(make_stockrecord(in_stock=0), 10, place=make_hub(), number="L-1")


def without_a_lock(meeting):
    """Read as ``locked`` does, and wait until the other has read, or sold."""

    def read(rows):
        found = list(rows.select_related("lot__stockrecord__product", "place").order_by("pk"))
        meeting.wait(timeout=30)
        return found

    return read


def move_and_sell(stock, person, *, sold=lambda: None, expected=()):
    """Let ten pieces leave for a shop while seven of them are sold."""
    shop = make_hub("shop", sells_online=False)

    def act(number):
        if number:
            now = timezone.now()
            pieces = {stock.pk: 10}
            operations.send_transfer(
                from_place=stock.place, to_place=shop, pieces=pieces, key=uuid4(), by=person, now=now
            )
            return
        with transaction.atomic():
            lots.allocate({stock.lot.stockrecord_id: 7}, day=date(2026, 11, 20))
        sold()

    refusals = (operations.TransferRefused, lots.SoldOut, *expected)
    return [type(answer) for answer in run_together(act, workers=2, expected=refusals) if answer]


def test_a_transfer_and_a_sale_of_the_same_pieces_are_one_or_the_other(stock, person):
    refused = move_and_sell(stock, person)

    stock.refresh_from_db()
    assert (refused, stock.on_hand, stock.held) in (
        ([operations.TransferRefused], 10, 7),
        ([lots.SoldOut], 0, 0),
    )


def test_without_the_lock_only_the_database_keeps_sold_pieces_from_leaving(stock, person):
    meeting = threading.Barrier(2)

    with patch.object(moving, "locked", without_a_lock(meeting)):
        refused = move_and_sell(stock, person, sold=lambda: meeting.wait(timeout=30), expected=(IntegrityError,))

    assert refused == [IntegrityError]


def count_twice(stock, person):
    """Let two people who both found eight of ten apply it at once."""
    others = [person, User.objects.create_user(phone="+212600000002")]
    taken = [operations.open_stocktake(place=stock.place, by=by, now=timezone.now()) for by in others]
    for stocktake in taken:
        operations.count_one(stocktake_id=stocktake.pk, code="L-1", pieces=8, by=person, now=timezone.now())

    def act(number):
        return operations.apply_stocktake(stocktake_id=taken[number].pk, by=person, now=timezone.now())

    run_together(act, workers=2, expected=operations.StocktakeRefused)
    return LotStock.objects.get(pk=stock.pk).on_hand


def test_two_stocktakes_applied_at_once_take_what_is_missing_away_once(stock, person):
    assert count_twice(stock, person) == 8


def test_without_the_lock_what_is_missing_is_taken_away_twice(stock, person):
    meeting, locked, overtaken = threading.Barrier(2), counting.locked, counting.overtaken

    def read(rows):
        if threading.current_thread() is threading.main_thread():
            return locked(rows)  # counting, before the race
        return list(rows.select_related("lot__stockrecord__product", "place").order_by("pk"))

    def look(lines):
        found = overtaken(lines)
        meeting.wait(timeout=30)
        return found

    with patch.object(counting, "locked", read), patch.object(counting, "overtaken", look):
        left = count_twice(stock, person)

    assert left == 6
