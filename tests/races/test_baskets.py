"""Changing one basket at once. Each race has a twin without its guard, which shows what the guard is for."""

import threading

import pytest
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from storefront.basket import operations
from storefront.basket.models import Basket, Line
from tests.factories.orders import Guest, make_basket, open_deliveries, stock
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


def test_adding_at_once_adds_up():
    record = stock(in_stock=50)
    guest = Guest(language="en")
    guest.add(record)

    run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 7


def test_twin_without_the_lock_adding_at_once_goes_over_what_is_left(monkeypatch):
    record = stock(in_stock=3)
    guest = Guest(language="en")
    guest.add(record)
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    together = threading.Barrier(6)
    real = Basket.add_product

    def all_have_looked(self, *args, **kwargs):
        together.wait(timeout=20)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(operations.Basket, "add_product", all_have_looked)
    run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 7


def test_adding_at_once_never_goes_over_what_is_left():
    record = stock(in_stock=3)
    guest = Guest(language="en")
    guest.add(record)

    answers = run_together(lambda: guest.add(record), workers=6)

    assert Line.objects.get().quantity == 3
    assert sorted(answer.status_code for answer in answers) == [302] * 2 + [422] * 4


def test_switching_currency_while_adding_leaves_one_currency():
    record, other = stock(), stock()
    basket = make_basket((record, 1))

    def switch_or_add(number):
        mine = Basket.objects.get(pk=basket.pk)
        mine.strategy = basket.strategy
        if number % 2:
            operations.switch_currency(basket=mine, shopping=Shopping("EUR", "MA"), now=timezone.now())
        else:
            operations.add(basket=mine, product=other.product, stockrecord=_fresh(other), quantity=1)

    run_together(switch_or_add, workers=6, expected=operations.NotForSale)

    basket.refresh_from_db()
    assert set(basket.lines.values_list("price_currency", flat=True)) == {basket.currency}


def _fresh(record):
    return StockRecord.objects.select_related("partner").get(pk=record.pk)


def switch_between_look_and_write(monkeypatch):
    """Add to a basket while its currency changes, just before the new line is written; give both currencies."""
    record, other = stock(), stock()
    basket = make_basket((record, 1))
    looked, switched = threading.Event(), threading.Event()
    real = Basket._create_line_reference

    def wait_for_the_switch(self, *args):
        looked.set()
        switched.wait(timeout=1)  # with the lock, the switch waits for us instead
        return real(self, *args)

    monkeypatch.setattr(Basket, "_create_line_reference", wait_for_the_switch)

    def switch_or_add(number):
        mine = Basket.objects.get(pk=basket.pk)
        mine.strategy = basket.strategy
        if number == 0:
            operations.add(basket=mine, product=other.product, stockrecord=_fresh(other), quantity=1)
        else:
            looked.wait(timeout=20)
            operations.switch_currency(basket=mine, shopping=Shopping("EUR", "MA"), now=timezone.now())
            switched.set()

    run_together(switch_or_add, workers=2)

    basket.refresh_from_db()
    return basket.currency, set(basket.lines.values_list("price_currency", flat=True))


def test_a_line_added_in_the_very_moment_of_a_switch_has_the_new_currency(monkeypatch):
    assert switch_between_look_and_write(monkeypatch) == ("EUR", {"EUR"})


def test_twin_without_the_lock_it_keeps_the_old_one(monkeypatch):
    monkeypatch.setattr(Basket, "lock", lambda self: None)

    assert switch_between_look_and_write(monkeypatch) == ("EUR", {"EUR", "MAD"})
