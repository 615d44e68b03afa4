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
from fulfilment.payments.models import PaymentAttempt, Refund, StripeEvent
from tests.factories.bank import events_of, open_bank, pay, tell
from tests.factories.orders import open_deliveries, place_order, stock
from tests.support import databases, servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(240)]
OPERATIONS = "fulfilment.payments.operations"
LATE = timedelta(minutes=31)


@pytest.fixture
def bank():
    with open_bank() as server:
        yield server


@pytest.fixture
def order(bank):
    open_deliveries()
    return place_order((stock("120.00", in_stock=5), 2), shopping=Shopping("EUR", "FR"))


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


def ends(order):
    order.refresh_from_db()
    broken = [name for name, check in registered().items() if list(check())]
    return order.status, order.events.filter(kind="paid").count(), StockRecord.objects.get().num_allocated, broken


@pytest.mark.parametrize(
    "place",
    [
        f"{OPERATIONS}.starting:_claim",  # nothing was asked yet
        "fulfilment.payments.gateways.stripe:payment_of",  # the bank made it, the answer was read
        f"{OPERATIONS}.starting:asked",  # and not saved
    ],
)
def test_case_3_killed_while_the_payment_is_started(dies, bank, order, place):
    dies(place, "start", order.pk)

    payment = start(order)
    pay(bank, payment.id)
    operations.sweep(now=timezone.now())

    assert list(bank.bank.intents) == [payment.id]
    assert ends(order) == ("PAID", 1, 2, [])


@pytest.mark.parametrize(
    ("place", "before"),
    [
        ("fulfilment.payments.gateways.stripe:payment_of", "PENDING_PAYMENT"),
        (f"{OPERATIONS}.paying:write_state", "PENDING_PAYMENT"),  # inside the transaction
        (f"{OPERATIONS}.paying:record", "PAID"),  # after it
    ],
)
def test_case_5_killed_while_the_payment_is_settled(dies, bank, order, place, before):
    payment = start(order)
    pay(bank, payment.id)

    dies(place, "settle", payment.id)
    order.refresh_from_db()
    left = order.status
    operations.sweep(now=timezone.now())

    assert left == before
    assert ends(order) == ("PAID", 1, 2, [])


def test_case_6_killed_after_an_event_was_applied_and_before_it_was_marked(dies, bank, order, run_jobs):
    pay(bank, start(order).id)
    (event,) = events_of(bank, "payment_intent.succeeded")
    tell(event)

    dies(f"{OPERATIONS}.telling:settle_told", "apply", event["id"])
    left = StripeEvent.objects.get().processed_at
    operations.apply_event(event_id=event["id"], now=timezone.now())

    assert left is None
    assert StripeEvent.objects.get().outcome == "applied"
    assert ends(order) == ("PAID", 1, 2, [])


@pytest.mark.parametrize("place", [f"{OPERATIONS}.ending:_cancelled", f"{OPERATIONS}.ending:record"])
def test_case_11_killed_after_the_bank_agreed_to_give_up(dies, bank, order, place):
    payment = start(order)

    dies(place, "sweep")
    left = (bank.bank.intents[payment.id]["status"], StockRecord.objects.get().num_allocated)
    operations.sweep(now=timezone.now() + LATE)

    assert left == ("canceled", 2)
    assert ends(order) == ("EXPIRED", 0, 0, [])


@pytest.mark.parametrize(
    "place",
    [
        f"{OPERATIONS}.refunds:_asked",  # nothing was asked yet
        "fulfilment.payments.gateways.stripe:given_back_of",  # the bank gave it back, nobody here knows
        f"{OPERATIONS}.refunds:_note",  # inside the transaction
        f"{OPERATIONS}.refunds:record_refund",  # after it
    ],
)
def test_case_18_killed_while_money_is_given_back(dies, bank, order, place):
    pay(bank, start(order).id)
    operations.sweep(now=timezone.now())
    attempt = PaymentAttempt.objects.get()
    refund = operations.owe_refund(
        attempt_id=attempt.pk, amount=attempt.captured, reason="PAID_TOO_LATE", now=timezone.now()
    )

    dies(place, "refund", refund.pk)
    operations.send_refund(refund_id=refund.pk, now=timezone.now())

    assert [row["amount"] for row in bank.bank.refunds.values()] == [int(attempt.captured * 100)]
    assert (Refund.objects.get().state, attempt.order.events.filter(kind="refund_made").count()) == ("SUCCEEDED", 1)
