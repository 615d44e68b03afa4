"""No order is left behind: whatever became of its payment, it ends, or a person is asked to look."""

import logging
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.jobs.policies import LIMITS
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.gateways import stripe as gateway
from fulfilment.payments.gateways.base import ProviderUnavailable
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations import ending
from storefront.demo.stripe.bank import Bank
from tests.factories.bank import pay
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State
LATE = timedelta(minutes=31)


@pytest.fixture
def order(bank):
    open_deliveries()
    return place_order((stock("120.00"), 2), shopping=Shopping("EUR", "FR"))


def start(order):
    return operations.start(order_id=order.pk, now=timezone.now())


def ends(order):
    return Order.objects.get(pk=order.pk).status, StockRecord.objects.get().num_allocated


def wrong():
    return [name for name, rows in violations() if rows]


def test_an_order_whose_process_died_after_the_bank_agreed_is_given_up_by_the_next_sweep(order, monkeypatch, clock):
    start(order)
    late = timezone.now() + LATE
    with monkeypatch.context() as killed:
        killed.setattr(ending.orders, "expire", lambda **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            operations.sweep(now=late)
    left = (ends(order), PaymentAttempt.objects.get().state)
    clock.shift(timedelta(hours=1))
    told = wrong()

    operations.sweep(now=timezone.now())

    assert left == (("PENDING_PAYMENT", 2), State.CANCELLED)
    assert told == ["payments: an order past its time has a payment that may still come, or one that a person looks at"]
    assert (ends(order), wrong()) == (("EXPIRED", 0), [])


def test_a_payment_cancelled_at_the_bank_frees_the_goods_when_the_time_is_over(bank, order):
    payment = start(order)
    bank.bank.cancel(payment.id, "fraudulent")

    operations.sweep(now=timezone.now())
    before = ends(order)
    operations.sweep(now=timezone.now() + LATE)

    assert (before, ends(order)) == (("PENDING_PAYMENT", 2), ("EXPIRED", 0))


@pytest.mark.parametrize("change", ["forget", "refuse"])
def test_a_payment_that_the_bank_refuses_to_talk_about_stops_no_other(bank, order, monkeypatch, caplog, change):
    other = place_order((StockRecord.objects.get(), 1), shopping=Shopping("EUR", "FR"))
    first, second = start(order), start(other)
    pay(bank, second.id)
    if change == "forget":
        del bank.bank.intents[first.id]
    else:
        refuse(bank, first.id, monkeypatch)

    with caplog.at_level(logging.ERROR, "fulfilment.payments"):
        operations.sweep(now=timezone.now())

    assert Order.objects.get(pk=other.pk).status == "PAID"
    assert "refused by the provider" in caplog.text


def refuse(bank, intent_id, monkeypatch):
    from storefront.demo.stripe.bank import invalid

    real = Bank.retrieve

    def retrieve(self, asked):
        if asked == intent_id:
            raise invalid("testmode_charges_only", "This account cannot do that.")
        return real(self, asked)

    monkeypatch.setattr(Bank, "retrieve", retrieve)


def test_a_buyer_who_writes_another_address_meanwhile_is_asked_for_under_the_same_key(bank, order):
    bank.before_answer = lambda handler: False
    with pytest.raises(ProviderUnavailable):
        start(order)
    bank.before_answer = None
    Order.objects.filter(pk=order.pk).update(guest_email="another@example.com")

    payment = start(order)

    assert list(bank.bank.intents) == [payment.id]


def test_an_order_whose_money_is_held_is_neither_cancelled_nor_expired(bank, order):
    payment = start(order)
    pay(bank, payment.id)
    bank.bank.intents[payment.id]["amount_received"] = 1
    operations.sweep(now=timezone.now())

    with pytest.raises(operations.MoneyHeld):
        operations.cancel_order(order_id=order.pk, now=timezone.now())
    operations.sweep(now=timezone.now() + LATE)

    assert (ends(order), PaymentAttempt.objects.get().state) == (("PENDING_PAYMENT", 2), State.QUARANTINED)


def test_held_money_that_a_person_gave_back_lets_the_order_end(bank, order):
    payment = start(order)
    pay(bank, payment.id)
    bank.bank.intents[payment.id]["amount_received"] = 1
    operations.sweep(now=timezone.now())

    operations.give_back_held(order_id=order.pk, now=timezone.now())
    seen_again = operations.settle(intent_id=payment.id, now=timezone.now())  # the buyer reloads the return page
    operations.sweep(now=timezone.now() + LATE)

    assert (seen_again.state, ends(order)) == (State.CANCELLED, ("EXPIRED", 0))
    assert "payment_given_back" in order.events.values_list("kind", flat=True)


def test_nothing_is_given_back_where_nothing_is_held(order):
    with pytest.raises(operations.NothingHeld):
        operations.give_back_held(order_id=order.pk, now=timezone.now())


@pytest.mark.parametrize("end", ["cancel", "refuse", "return"])
def test_cash_is_not_awaited_for_an_order_that_ended(end):
    open_deliveries()
    order = place_order((stock("120.00"), 1))
    if end == "cancel":
        orders.cancel(order_id=order.pk, now=timezone.now())
    else:
        for status in ("PREPARING", "SHIPPED", "REFUSED" if end == "refuse" else "RETURNED"):
            orders.advance(order_id=order.pk, status=status, now=timezone.now())

    assert PaymentAttempt.objects.get().state == State.CANCELLED
    PaymentAttempt.objects.update(state=State.STARTED)
    assert "payments: no cash or transfer is awaited for an order that ended" in wrong()


@pytest.fixture
def hanging(monkeypatch):
    """A bank that takes every call and never answers; gives the list of calls it took."""
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.3)
    taken, line = [], socket.create_server(("127.0.0.1", 0))

    def take():
        while True:
            try:
                taken.append(line.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    monkeypatch.setattr(settings, "STRIPE_API_BASE", f"http://127.0.0.1:{line.getsockname()[1]}")
    gateway.provider.cache_clear()
    yield taken
    gateway.provider.cache_clear()
    line.close()
    for call in taken:
        call.close()


@pytest.mark.parametrize("asked", ["found", "lost"])
def test_a_bank_that_hangs_is_asked_twice_in_a_round_and_no_more(order, hanging, asked):
    orders_waiting = [
        order,
        *(place_order((StockRecord.objects.get(), 1), shopping=Shopping("EUR", "FR")) for _ in "ab"),
    ]
    for number, one in enumerate(orders_waiting):
        attempts = PaymentAttempt.objects.filter(order=one)
        if asked == "found":
            attempts.update(intent_id=f"pi_{number}")
        else:
            attempts.update(updated_at=timezone.now())
    began = time.monotonic()

    operations.sweep(now=timezone.now() + LATE)

    assert len(hanging) == 2
    assert time.monotonic() - began < 2
    assert set(Order.objects.values_list("status", flat=True)) == {"PENDING_PAYMENT"}


def test_the_longest_sweep_fits_the_time_of_its_queue():
    one_attempt = 3 * (gateway.CONNECT_SECONDS + gateway.ANSWER_SECONDS)  # settle, cancel, ask again why not

    assert ending.SWEEP_SECONDS + one_attempt < LIMITS["money"].total_seconds() * 4 / 5


def test_a_round_that_takes_too_long_ends_and_the_next_begins_with_the_others(bank, order, monkeypatch):
    others = [place_order((StockRecord.objects.get(), 1), shopping=Shopping("EUR", "FR")) for _ in "ab"]
    for one in (order, *others):
        start(one)
    seen, real = [], ending.look_at
    monkeypatch.setattr(ending, "SWEEP_SECONDS", -1)
    monkeypatch.setattr(ending, "look_at", lambda **kwargs: (seen.append(kwargs["attempt_id"]), real(**kwargs)))

    operations.sweep(now=timezone.now())
    none = list(seen)
    monkeypatch.setattr(ending, "SWEEP_SECONDS", 15)
    operations.sweep(now=timezone.now() + timedelta(seconds=60))

    assert (none, len(seen)) == ([], 3)
