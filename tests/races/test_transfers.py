"""Two of finance at one statement. Each race has a twin without its guard."""

import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.invariants import violations
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.policies.accounts import BANK
from fulfilment.ledger.queries import balance_of
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.models import BankCredit, PaymentAttempt, Refund
from fulfilment.payments.operations import transfers
from tests.factories.orders import open_deliveries
from tests.factories.transfers import place_transfer, receive
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
TOTAL = Decimal("600.00")


@pytest.fixture
def order():
    open_deliveries()
    return place_transfer()


def meet_after(monkeypatch, module, name, *, seconds=0.5):
    """Hold each after it has looked, until both have, or so many seconds: a lock keeps the second from looking."""
    barrier = threading.Barrier(2)
    look = getattr(module, name)

    def look_and_wait(*args, **kwargs):
        found = look(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            if threading.current_thread() is not threading.main_thread():
                barrier.wait(timeout=seconds)
        return found

    monkeypatch.setattr(module, name, look_and_wait)


def wrong():
    return [name for name, rows in violations() if rows]


def record_together(order):
    return run_together(
        lambda: receive(order, reference="VIR-1"), workers=2, expected=(operations.KnownReference, IntegrityError)
    )


def test_two_who_record_the_same_line_count_it_once(order, monkeypatch):
    meet_after(monkeypatch, transfers, "order_named")

    answers = record_together(order)

    assert sum(isinstance(answer, operations.KnownReference) for answer in answers) == 1
    assert (BankCredit.objects.count(), balance_of(AccountKey(BANK)), wrong()) == (1, TOTAL, [])
    assert Order.objects.get().status in ("PAID", "PREPARING")


def test_two_who_record_the_same_line_of_nobody_count_it_once(order):
    answers = run_together(lambda: receive(reference="VIR-1"), workers=2, expected=operations.KnownReference)

    assert sum(isinstance(answer, operations.KnownReference) for answer in answers) == 1
    assert (BankCredit.objects.count(), wrong()) == (1, [])


def test_twin_without_one_writing_of_a_reference_the_line_counts_twice(order, monkeypatch):
    names = iter(("VIR-1A", "VIR-1B"))
    monkeypatch.setattr(transfers, "bank_reference", lambda written: next(names))
    meet_after(monkeypatch, transfers, "order_named", seconds=30)

    record_together(order)

    assert (BankCredit.objects.count(), balance_of(AccountKey(BANK))) == (2, 2 * TOTAL)


def match_two(order):
    lines = [receive(amount=TOTAL), receive(amount=TOTAL)]
    return run_together(
        lambda number: operations.match_credits(credit_ids=[lines[number].pk], number=order.number, now=timezone.now()),
        workers=2,
        expected=(operations.NotAwaited, AssertionError, IntegrityError),
    )


def test_two_who_match_two_lines_with_one_order_pay_it_once(order, monkeypatch):
    meet_after(monkeypatch, transfers, "_why_not")

    answers = match_two(order)

    assert sum(isinstance(answer, operations.NotAwaited) for answer in answers) == 1
    assert sorted(BankCredit.objects.values_list("state", flat=True)) == ["SETTLED", "WAITING"]
    assert (PaymentAttempt.objects.get().captured, wrong()) == (TOTAL, [])


def test_twin_without_the_locks_two_lines_pay_one_order(order, monkeypatch):
    unlock(monkeypatch, transfers, read=lambda rows: list(rows.order_by("pk")))
    meet_after(monkeypatch, transfers, "_why_not", seconds=30)

    match_two(order)

    assert set(BankCredit.objects.values_list("state", flat=True)) == {"SETTLED"}
    assert wrong() != []


def test_money_that_comes_while_the_sweep_gives_up_is_never_lost(order):
    late = order.reserved_until + timedelta(minutes=1)

    run_together(
        lambda number: receive(order) if number else operations.sweep(now=late),
        workers=2,
        expected=orders.ImpossibleMove,
    )

    status, credit = Order.objects.get().status, BankCredit.objects.get()
    assert (status in ("PAID", "PREPARING"), credit.state) == (True, "SETTLED")
    assert wrong() == []


def test_money_that_comes_while_the_buyer_cancels_pays_or_waits(order):
    run_together(
        lambda number: receive(order) if number else operations.cancel_order(order_id=order.pk, now=timezone.now()),
        workers=2,
        expected=(orders.TooLateToCancel, operations.MoneyHeld),
    )

    found = Order.objects.get().status, BankCredit.objects.get().state
    assert found in (("CANCELLED", "SETTLED"), ("PREPARING", "SETTLED"), ("CANCELLED", "WAITING"))
    if found == ("CANCELLED", "SETTLED"):
        assert Refund.objects.get().amount == order.total_incl_tax
    assert wrong() == []
