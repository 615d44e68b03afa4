"""A shop's last jar, and an order whose time runs out as its buyer comes. Each race has a twin without its guard."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.lots.operations import SoldOut
from fulfilment.collecting import operations
from fulfilment.collecting.codes import code_of
from fulfilment.collecting.models import Collection
from fulfilment.collecting.operations import waiting
from fulfilment.orders.models import Order
from tests.factories.orders import Guest, open_deliveries, stock
from tests.factories.shops import make_keeper, make_ready, make_shop, order_to_fetch, put_in
from tests.races.test_buying import looking_without_lock
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    open_deliveries()
    return make_shop()


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def sell_and_buy_the_last(shop, expected):
    """Let a keeper and someone on the site take a shop's only jar at once."""
    jar = stock("120.00", in_stock=0)
    put_in(shop, jar, 1)
    keeper, guest = make_keeper(shop), Guest(language="en")
    guest.add(jar)
    filled, shown = guest.filled(), operations.quote_at(shop, {jar.pk: 1}, timezone.now()).fingerprint
    guest.client.raise_request_exception = False

    def sell():
        return operations.sell(
            place_id=shop.pk,
            items={jar.pk: 1},
            shown=shown,
            key=uuid4(),
            language="en",
            by=keeper,
            now=timezone.now(),
        )

    def take(number):
        return sell() if number else guest.post("checkout/place/", **filled)

    return run_together(take, workers=2, expected=expected)


def test_the_last_jar_goes_to_the_counter_or_to_the_site_and_the_other_is_told(shop):
    online, sold = sell_and_buy_the_last(shop, SoldOut)

    order = Order.objects.get()
    at_counter = order.channel == "shop"
    assert (online.status_code, isinstance(sold, SoldOut)) == ((409, False) if at_counter else (302, True))
    assert shop.stock.get().on_hand == (0 if at_counter else 1)
    assert broken() == []


def test_twin_without_the_lock_only_the_database_keeps_the_last_jar(shop, monkeypatch):
    looking_without_lock(monkeypatch, threading.Barrier(2))

    online, sold = sell_and_buy_the_last(shop, (IntegrityError, threading.BrokenBarrierError))

    assert Order.objects.count() == 1
    assert [online.status_code == 500, isinstance(sold, Exception)].count(True) == 1


def stands_ready(shop):
    jar = stock("120.00", in_stock=0)
    put_in(shop, jar, 1)
    order = make_ready(order_to_fetch(shop, (jar, 1)))
    operations.till_of(shop)
    return order


def give_and_let_go(shop, order, expected):
    """Hand an order over in its last second, as the sweep lets it go."""
    over, code = Collection.objects.get().expires_at, code_of(order.number, 1)

    def act(number):
        if number:
            return operations.let_go(order_id=order.pk, now=over)
        return operations.hand_over(order_id=order.pk, place_id=shop.pk, code=code, by=None, now=timezone.now())

    return run_together(act, workers=2, expected=expected)


def test_an_order_is_handed_over_or_let_go_and_never_both(shop):
    given, let_go = give_and_let_go(shop, stands_ready(shop), operations.NotWaiting)

    ended = Collection.objects.get()
    assert let_go == isinstance(given, operations.NotWaiting) == bool(ended.let_go_at)
    assert Order.objects.get().status == ("CANCELLED" if let_go else "DELIVERED")
    assert shop.stock.get().on_hand == (1 if let_go else 0)
    assert broken() == []


def test_twin_without_the_lock_only_the_database_keeps_it_from_ending_twice(shop, monkeypatch):
    together = threading.Barrier(2)

    def read(rows):
        found = list(rows)
        if rows.model is Collection:
            together.wait(timeout=20)
        return found

    order = stands_ready(shop)
    unlock(monkeypatch, waiting, read=read)

    answers = give_and_let_go(shop, order, IntegrityError)

    faults = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert len(faults) == 1
    assert "collection_ends_once" in str(faults[0])
