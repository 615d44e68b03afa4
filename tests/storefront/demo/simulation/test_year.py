"""A simulated year adds up to the cent, breaks no invariant, and is the same for the same seed."""

from collections import Counter

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from catalogue.kernel import invariants
from fulfilment.orders.models import Order
from fulfilment.payments.models import Dispute, Refund
from fulfilment.payouts.models import Advance, Payout, PayoutRun
from storefront.demo.simulation import buyers, office, operations, parcels
from tests.factories.sales import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
ORDERS, COOPERATIVES = 40, 5


class Undone(Exception):
    """Takes a year out of the database again."""


@pytest.fixture(autouse=True)
def eventful(monkeypatch):
    """Let as much happen to few orders as to many."""
    for module, name, chance in (
        (buyers, "DISPUTED", 0.4),
        (buyers, "CALLED_OFF", 0.1),
        (parcels, "WITHDRAWN", 0.3),
        (parcels, "REFUSED", 0.15),
        (parcels, "LOST", 0.05),
        (office, "RETURNED", 0.1),
    ):
        monkeypatch.setattr(module, name, chance)


def digest_of(*, seed: int, orders: int) -> str:
    """Run a year and take it out again: keys of rows go on, so that a digest with one in it would differ."""
    for cache in ("default", "local"):
        caches[cache].clear()
    found = ""
    try:
        with transaction.atomic():
            found = operations.run(orders=orders, cooperatives=2, seed=seed).digest
            raise Undone
    except Undone:
        return found


def test_a_year_adds_up_and_breaks_no_invariant():
    report = operations.run(orders=ORDERS, cooperatives=COOPERATIVES, seed=7)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert {name: rows for name, rows in invariants.violations() if rows} == {}
    assert report.adds_up
    assert (report.unmatched, report.locked) == ({}, 12)
    assert Advance.objects.filter(state="APPROVED").exists()
    assert Payout.objects.exclude(account__cooperative=F("cooperative")).exists()  # one receives for another
    assert report.sales == report.booked
    assert set(report.sales) == {"MAD", "EUR", "USD"}
    assert report.sales_mad == sum(report.parts_mad.values())
    assert all(report.parts_mad[name] > 0 for name in ("commission", "cooperatives", "tax", "shipping", "fees"))
    statuses = Counter(Order.objects.values_list("status", flat=True))
    assert statuses["DELIVERED"] > ORDERS / 3
    assert Refund.objects.filter(state="SUCCEEDED").exists()
    assert not Refund.objects.filter(state__in=("ASKED", "DUE", "PENDING")).exists()
    assert Dispute.objects.exclude(state__in=("WON", "LOST")).count() == 0 < Dispute.objects.count()
    assert PayoutRun.objects.filter(state="CLOSED").count() >= 12
    assert set(Payout.objects.values_list("state", flat=True)) == {"SETTLED", "RETURNED"}


def test_the_same_seed_says_the_same_and_another_does_not():
    first = digest_of(seed=3, orders=12)

    assert digest_of(seed=3, orders=12) == first
    assert digest_of(seed=4, orders=12) != first


def test_a_database_with_orders_is_refused():
    make_order()

    with pytest.raises(CommandError, match="There are orders"):
        call_command("simulate", orders=1, into_empty=True)


def test_a_real_shop_is_refused(settings):
    settings.SHOP_ENV = "production"

    with pytest.raises(CommandError, match="real shop"):
        call_command("simulate", orders=1, into_empty=True)
    assert not Order.objects.exists()


@pytest.mark.parametrize("number", ["0", "-3", "many", "1.5"])
@pytest.mark.parametrize("name", ["orders", "cooperatives"])
def test_a_number_that_is_none_is_refused(name, number):
    with pytest.raises(CommandError, match="not a number"):
        call_command("simulate", f"--{name}={number}", "--into-empty")
