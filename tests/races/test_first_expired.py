"""Eight buyers of one thing while its lots are dated otherwise, blocked and released: each gets what expires first."""

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.periods import day_of
from catalogue.lots import operations as lots
from catalogue.lots.models import Lot, LotStock
from catalogue.lots.operations import holding
from catalogue.lots.queries import candidates_of, sellable
from fulfilment.jobs.models import Job
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Order
from storefront.checkout import operations as checkout
from tests.factories.catalogue import make_product
from tests.factories.lots import make_lot, make_place
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support.races import run_together
from tests.support.shelf import broken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BUYERS, EDITORS, ORDERS, LOTS, PIECES = 8, 2, 4, 8, 12
LAST_DAYS = (5, 12, 20, 30, 40, 60)
"""A lot of this product is sold until ten days before its date: with five days left nobody gets it."""


@pytest.fixture
def honey(monkeypatch):
    """A product in eight lots at two places."""
    monkeypatch.setattr(checkout, "TRIES", 1)  # a deadlock is not forgiven
    open_deliveries()
    record = stock(in_stock=0, product=make_product(shelf_life_days=720))
    places = (make_place(), make_place())
    for number in range(LOTS):
        make_lot(record, PIECES, place=places[number % 2], best_before=in_days(20 + number))
    return record


@pytest.fixture
def stale(monkeypatch):
    """Note each choice that was made among lots that are not so any more, or that passed an older one by."""
    real, found = holding.choose, []

    def choose(wanted, candidates, to=None):
        takes = real(wanted, candidates, to)
        rows = sellable().filter(lot__stockrecord_id__in=wanted).select_related("lot__stockrecord__product", "place")
        now = {one.stock_id: one for one in candidates_of(rows, day=day_of(timezone.now()))}
        if any(now.get(one.stock_id) != one for one in candidates) or not oldest_first(takes, candidates):
            found.append(takes)
        return takes

    monkeypatch.setattr(holding, "choose", choose)
    return found


def in_days(number):
    return day_of(timezone.now()) + timedelta(days=number)


def oldest_first(takes, candidates):
    """Of a place that is taken from, no lot is touched while an older one there has pieces left."""
    taken, left_over = {take.stock_id: take.quantity for take in takes}, set()
    for one in sorted(candidates, key=lambda one: one.age):
        if one.place_id in left_over and one.stock_id in taken:
            return False
        if one.free > taken.get(one.stock_id, 0):
            left_over.add(one.place_id)
    return True


def without_lock(monkeypatch):
    """Read the lots without their locks, and give others time to edit them."""

    def read(rows):
        found = list(rows.select_related("lot__stockrecord__product", "place").order_by("pk"))
        time.sleep(0.1)
        return found

    monkeypatch.setattr(holding, "locked", read)


def edit(lot, chance):
    if chance.random() < 0.6:
        lots.redate(lot=lot, produced_on=lot.produced_on, best_before=in_days(chance.choice(LAST_DAYS)))
    else:
        state = chance.choice([Lot.State.BLOCKED, Lot.State.RELEASED, Lot.State.RELEASED])
        lots.decide(lot=lot, state=state, reason="fault" if state == "BLOCKED" else "cleared", now=timezone.now())


def buy_while_lots_change(honey, *, expected=()):
    """Let eight buyers place orders, each several, while two people edit the lots until they are done."""
    known, done = list(Lot.objects.all()), []

    def act(number):
        chance = random.Random(number)
        if number >= BUYERS:
            while len(done) < BUYERS:
                edit(chance.choice(known), chance)
                time.sleep(0.02)
            return []
        try:
            return [buy(honey, chance.randint(1, 4), expected) for _ in range(ORDERS)]
        finally:
            done.append(number)

    answers = run_together(act, workers=BUYERS + EDITORS)
    return [order for made in answers for order in made if order]


def buy(honey, pieces, expected):
    try:
        return place_order((honey, pieces))
    except (lots.SoldOut, *expected):
        return None


def test_eight_buyers_get_what_expires_first_while_dates_and_decisions_change(honey, stale):
    orders = buy_while_lots_change(honey)

    honey.refresh_from_db()
    promised = sum(LotStock.objects.values_list("held", flat=True))
    bought = [sum(order.lines.values_list("quantity", flat=True)) for order in orders]
    assert stale == []
    assert orders
    assert promised == sum(bought) <= LOTS * PIECES
    assert broken() == {}
    assert [(name, rows) for name, rows in violations() if rows] == []
    assert kept_of_blocked_lots_without_a_job() == []


def test_twin_without_the_lock_lots_are_chosen_that_are_not_so_any_more(honey, stale, monkeypatch):
    without_lock(monkeypatch)

    buy_while_lots_change(honey, expected=(IntegrityError, checkout.Busy))

    assert stale != []


def kept_of_blocked_lots_without_a_job():
    """Orders that keep pieces of a blocked lot, and nothing waits that would give them others."""
    held = Allocation.objects.filter(state="HELD", stock__lot__state=Lot.State.BLOCKED)
    told = Job.objects.filter(task="fulfilment.warehouse.replace_withdrawn")
    waiting = set(told.values_list("payload__order_id", flat=True))
    return sorted(set(held.values_list("line__order_id", flat=True)) - waiting)


def sell_while_its_lot_is_blocked(record, meeting, look):
    """Let one buyer look at the lots, then let somebody block the first of them, then let the buyer go on."""
    (first,) = Lot.objects.filter(stockrecord=record)

    def act(number):
        if number:
            meeting.wait(timeout=20)
            lots.decide(lot=first, state=Lot.State.BLOCKED, reason="fault", now=timezone.now())
            look.set()
        else:
            place_order((record, 2))

    run_together(act, workers=2)


def pause_after(monkeypatch, read, meeting, look):
    def look_and_wait(rows):
        found = read(rows)
        if threading.current_thread() not in seen:
            seen.add(threading.current_thread())
            meeting.wait(timeout=20)
            look.wait(timeout=1)  # who must wait for our lock is not waited for
        return found

    seen = set()
    monkeypatch.setattr(holding, "locked", look_and_wait)


@pytest.fixture
def one_lot():
    open_deliveries()
    return stock(in_stock=5)


def test_a_lot_blocked_while_it_is_sold_waits_and_has_its_pieces_replaced(one_lot, monkeypatch):
    meeting, look = threading.Barrier(2), threading.Event()
    pause_after(monkeypatch, holding.locked, meeting, look)

    sell_while_its_lot_is_blocked(one_lot, meeting, look)

    assert Order.objects.count() == 1
    assert kept_of_blocked_lots_without_a_job() == []


def test_twin_without_the_lock_a_blocked_lot_is_sold_and_nobody_hears_of_it(one_lot, monkeypatch):
    meeting, look = threading.Barrier(2), threading.Event()
    pause_after(
        monkeypatch, lambda rows: list(rows.select_related("lot__stockrecord__product", "place")), meeting, look
    )

    sell_while_its_lot_is_blocked(one_lot, meeting, look)

    assert kept_of_blocked_lots_without_a_job() == [Order.objects.get().pk]
