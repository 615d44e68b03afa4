"""A real process killed with -9 at each step of a payment; what is done again afterwards charges nobody twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from fulfilment.payments import operations
from fulfilment.payments.models import Refund, StripeEvent
from tests.factories.bank import events_of, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(240)]
OPERATIONS = "fulfilment.payments.operations"
LATE = timedelta(minutes=31)


@pytest.fixture(autouse=True)
def shelf():
    open_deliveries()
    stock("120.00", in_stock=50)


@pytest.fixture
def dies(bank, tmp_path):
    """Give a function that does a step in a process which is killed in this place, and makes sure that it was."""
    application, _ = servers.accounts()
    environment = {
        **os.environ,
        "SHOP_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "storefront.settings",
        "DATABASE_URL": application.at(connections["default"].settings_dict["NAME"]),
        "STRIPE_API_BASE": bank.url,
        "SHOP_TEST_CLOCK_OFFSET": str(time.time() - time_machine.escape_hatch.time.time()),
    }

    def run(place, step, key=""):
        command = ["-m", "tests.support.shifted", "-m", "tests.fakes.one_step", place, str(tmp_path), step, str(key)]
        done = subprocess.run(
            [sys.executable, *command], cwd=databases.ROOT, env=environment, timeout=100, capture_output=True, text=True
        )
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]

    return run


def start(order):
    return operations.start(order_id=order.pk, now=timezone.now())


def another():
    return place_order((StockRecord.objects.get(), 2), shopping=Shopping("EUR", "FR"))


def ends(order):
    order.refresh_from_db()
    return order.status, order.events.filter(kind="paid").count(), order.payment_attempts.count()


def broken():
    return [name for name, check in registered().items() if list(check())]


def test_case_3_killed_while_the_payment_is_started(dies, bank):
    places = (
        f"{OPERATIONS}.starting:_claim",  # nothing was asked yet
        "fulfilment.payments.gateways.stripe:payment_of",  # the bank made it, the answer was read
        f"{OPERATIONS}.starting:asked",  # and not saved
    )
    placed = [another() for _ in places]
    for place, order in zip(places, placed, strict=True):
        dies(place, "start", order.pk)
        pay(bank, start(order).id)
    operations.sweep(now=timezone.now())

    assert len(bank.bank.intents) == len(places)
    assert [ends(order) for order in placed] == [("PAID", 1, 1)] * len(places)
    assert broken() == []


def test_case_5_and_6_killed_while_the_payment_is_settled(dies, bank, run_jobs):
    places = {
        "fulfilment.payments.gateways.stripe:payment_of": "PENDING_PAYMENT",
        f"{OPERATIONS}.paying:write_state": "PENDING_PAYMENT",  # inside the transaction
        f"{OPERATIONS}.paying:record": "PAID",  # after it
    }
    placed, left = [another() for _ in places], []
    for place, order in zip(places, placed, strict=True):
        payment = start(order)
        pay(bank, payment.id)
        dies(place, "settle", payment.id)
        order.refresh_from_db()
        left.append(order.status)
    last = another()
    pay(bank, start(last).id)
    event = events_of(bank, "payment_intent.succeeded")[-1]
    tell(event)
    dies(f"{OPERATIONS}.telling:settle_told", "apply", event["id"])  # applied, and not marked so
    unmarked = StripeEvent.objects.get().processed_at

    operations.sweep(now=timezone.now())
    operations.apply_event(event_id=event["id"], now=timezone.now())

    assert (left, unmarked, StripeEvent.objects.get().outcome) == (list(places.values()), None, "applied")
    assert [ends(order) for order in (*placed, last)] == [("PAID", 1, 1)] * 4
    assert broken() == []


def test_case_11_killed_after_the_bank_agreed_to_give_up(dies, bank):
    for place in (f"{OPERATIONS}.ending:_cancelled", f"{OPERATIONS}.ending:record"):
        order = another()
        payment = start(order)
        dies(place, "sweep")
        left = (bank.bank.intents[payment.id]["status"], StockRecord.objects.get().num_allocated)
        operations.sweep(now=timezone.now() + LATE)

        assert left == ("canceled", 2)
        assert (ends(order), StockRecord.objects.get().num_allocated) == (("EXPIRED", 0, 1), 0)
    assert broken() == []


def test_case_18_killed_while_money_is_given_back(dies, bank):
    places = (
        f"{OPERATIONS}.refunds:_asked",  # nothing was asked yet
        "fulfilment.payments.gateways.stripe:given_back_of",  # the bank gave it back, nobody here knows
        f"{OPERATIONS}.refunds:note",  # inside the transaction
        f"{OPERATIONS}.refunds:record_refund",  # after it
    )
    for place in places:
        order = another()
        pay(bank, start(order).id)
        operations.sweep(now=timezone.now())
        attempt = order.payment_attempts.get()
        refund = operations.owe_refund(
            attempt_id=attempt.pk, amount=attempt.captured, reason="PAID_TOO_LATE", now=timezone.now()
        )
        dies(place, "refund", refund.pk)
        operations.send_refund(refund_id=refund.pk, now=timezone.now())

        assert order.events.filter(kind="refund_made").count() == 1

    assert len(bank.bank.refunds) == len(places)
    assert set(Refund.objects.values_list("state", flat=True)) == {"SUCCEEDED"}
    assert broken() == []
