"""Offers and codes in many checkouts at once. Each race has a twin without its guard."""

import threading
from decimal import Decimal

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.orders.models import Order
from storefront.basket.models import Basket
from storefront.offers import queries as offers
from storefront.offers.models import OfferUse
from storefront.offers.operations import stop_offer
from storefront.vouchers import queries as vouchers
from storefront.vouchers.models import Voucher, VoucherUse
from tests.factories.offers import make_offer, make_voucher
from tests.factories.orders import Guest, open_deliveries, stock
from tests.support import servers
from tests.support.races import run_together

from .test_buying import faults_of, press_together

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 20


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Let every checkout have its locks in the end, on a machine with two cores."""
    monkeypatch.setattr("storefront.checkout.operations.TRIES", 10)


def buyers(record, count, *, code="", phones=None):
    guests = [Guest(language="en") for _ in range(count)]
    ready = []
    for number, guest in enumerate(guests):
        guest.add(record)
        if code:
            assert guest.post("basket/code/", code=code).status_code == 302
        phone = phones or f"06{number:08d}"
        ready.append((guest, guest.filled(phone=phone)))
    return ready


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def read_together(monkeypatch, module, name, count):
    """Make every reader of a count wait until all have read it: what locks would keep apart."""
    together, real = threading.Barrier(count), getattr(module, name)

    def read(*args, **kwargs):
        answer = real(*args, **kwargs)
        together.wait(timeout=50)
        return answer

    monkeypatch.setattr(module, name, read)


def test_an_offer_for_three_orders_is_given_three_times_in_twenty_checkouts():
    make_offer(max_uses=3)
    ready = buyers(stock("120.00", in_stock=100), CROWD)

    answers = press_together(ready)

    assert statuses(answers) == [302] * 3 + [409] * 17
    assert OfferUse.objects.count() == Order.objects.count() == 3
    assert Basket.objects.filter(status=Basket.OPEN).count() == 17
    assert broken() == []


def test_twin_without_the_lock_an_offer_for_three_is_given_to_all(monkeypatch):
    make_offer(max_uses=3)
    ready = buyers(stock("120.00", in_stock=100), 8)
    monkeypatch.setattr(offers, "fresh_book", lambda *, locked=False: offers.book())
    read_together(monkeypatch, offers, "_uses", 8)

    press_together(ready)

    assert OfferUse.objects.count() == 8
    assert [name for name, _rows in broken()] == [
        "offers: none was used more often, or gave more, than its limits allow"
    ]


def test_a_budget_is_never_passed_by_twenty_checkouts():
    make_offer(budget_mad=Decimal("50.00"))
    ready = buyers(stock("120.00", in_stock=100), CROWD)

    press_together(ready)

    given = [use.amount_mad for use in OfferUse.objects.all()]
    assert sum(given) == Decimal("48.00")  # four of twelve; whoever comes next sees 2.00 and is asked again
    assert Order.objects.count() == 4
    assert broken() == []


def test_twin_without_the_lock_a_budget_is_passed(monkeypatch):
    make_offer(budget_mad=Decimal("50.00"))
    ready = buyers(stock("120.00", in_stock=100), 8)
    monkeypatch.setattr(offers, "fresh_book", lambda *, locked=False: offers.book())
    read_together(monkeypatch, offers, "_uses", 8)

    press_together(ready)

    assert sum(use.amount_mad for use in OfferUse.objects.all()) == Decimal("96.00")


def test_one_customer_with_twenty_tabs_gets_an_offer_once():
    make_offer(max_each=1)
    ready = buyers(stock("120.00", in_stock=100), CROWD, phones="0612345678")

    answers = press_together(ready)

    assert statuses(answers) == [302] + [409] * 19
    assert OfferUse.objects.count() == 1
    assert broken() == []


def test_a_single_use_code_counts_once_in_twenty_checkouts_and_nobody_else_is_charged():
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    ready = buyers(stock("120.00", in_stock=100), CROWD, code=voucher.code)

    answers = press_together(ready)

    told = [answer for answer in answers if answer.status_code == 409]
    assert statuses(answers) == [302] + [409] * 19
    assert all("This code has been used up." in answer.content.decode() for answer in told)
    assert VoucherUse.objects.count() == Order.objects.count() == 1
    assert Basket.objects.filter(status=Basket.OPEN).count() == 19
    assert broken() == []


def counting_without_lock(monkeypatch, count):
    real = vouchers.of_basket
    monkeypatch.setattr("storefront.checkout.operations.of_basket", lambda basket_id, *, locked: real(basket_id))
    read_together(monkeypatch, vouchers, "why_shut", count)


def test_twin_without_the_lock_only_the_database_keeps_a_single_use_code(monkeypatch):
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    ready = buyers(stock("120.00", in_stock=100), 8, code=voucher.code)
    counting_without_lock(monkeypatch, 8)

    answers = press_together(ready)

    faults = faults_of(answers)
    assert (Order.objects.count(), len(faults)) == (1, 7)
    assert all("voucher_single_use" in fault for fault in faults)


def test_twin_without_lock_and_constraint_a_single_use_code_counts_eight_times(monkeypatch):
    voucher = make_voucher(usage=Voucher.SINGLE_USE)
    ready = buyers(stock("120.00", in_stock=100), 8, code=voucher.code)
    counting_without_lock(monkeypatch, 8)
    drop_index("voucher_single_use")

    press_together(ready)

    assert VoucherUse.objects.count() == Order.objects.count() == 8


def drop_index(name):
    """Take away the partial index that is the database's own guard; the next test gets a fresh database."""
    _, owner = servers.accounts()
    with psycopg.connect(owner.at(connections["default"].settings_dict["NAME"]), autocommit=True) as admin:
        admin.execute(f"DROP INDEX {name}")


def test_once_per_customer_counts_once_in_twenty_checkouts_of_one_phone():
    voucher = make_voucher(usage=Voucher.ONCE_PER_CUSTOMER)
    ready = buyers(stock("120.00", in_stock=100), CROWD, code=voucher.code, phones="0612345678")

    answers = press_together(ready)

    assert statuses(answers) == [302] + [409] * 19
    assert VoucherUse.objects.count() == 1
    assert broken() == []


def test_an_offer_stopped_while_orders_are_placed_is_given_as_shown_or_not_at_all():
    offer = make_offer(max_uses=100)
    ready = buyers(stock("120.00", in_stock=100), 6)

    def act(number):
        if number == 6:
            return stop_offer(offer_id=offer.pk, now=timezone.now())
        return ready[number][0].post("checkout/place/", **ready[number][1])

    run_together(act, workers=7)

    assert OfferUse.objects.count() == Order.objects.count()
    assert set(Order.objects.values_list("total_incl_tax", flat=True)) <= {Decimal("143.00")}
    assert broken() == []
