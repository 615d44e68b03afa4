"""The port to Stripe: what is asked, under which key, for how long; and how Stripe's words come back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import stripe
from django.utils import timezone

from fulfilment.payments.gateways import NoSuchProvider, provider_for
from fulfilment.payments.gateways import stripe as gateway
from fulfilment.payments.gateways.base import (
    Charge,
    GiveBack,
    KeySpent,
    NoSuchPayment,
    ProviderRefused,
    ProviderUnavailable,
)
from fulfilment.payments.gateways.stripe_words import DISPUTE_STATES, EVENT_TYPES, REFUND_STATES, STATES
from fulfilment.payments.models import Dispute, PaymentAttempt, Refund
from storefront.demo.stripe.cards import NO_FUNDS
from tests.factories.bank import pay

CHARGE = Charge("order-A-attempt-1", "A", 1, Decimal("12.50"), "EUR", receipt_email="a@example.org")


@pytest.fixture
def provider(bank):
    return provider_for("stripe")


def give_back(payment, **changes):
    asked = GiveBack("refund-1", payment.id, Decimal("5.00"), "EUR", order_number="A", refund=1)
    return replace(asked, **changes)


def test_a_start_says_what_never_changes_of_an_attempt(bank, provider):
    payment = provider.start(CHARGE)

    intent = bank.bank.intents[payment.id]
    assert (intent["amount"], intent["currency"], intent["description"]) == (1250, "eur", "Order A")
    assert (intent["metadata"], intent["receipt_email"]) == ({"order_number": "A", "attempt": "1"}, "a@example.org")
    assert intent["capture_method"] == "automatic_async"
    assert (payment.state, payment.amount, payment.currency) == ("STARTED", Decimal("12.50"), "EUR")


def test_settle_knows_what_the_bank_keeps_of_it(bank, provider):
    payment = provider.start(CHARGE)
    before = provider.settle(payment.id)
    pay(bank, payment.id)

    paid = provider.settle(payment.id)

    assert (before.fee, before.net, before.charge_id) == (None, None, "")
    assert (paid.state, paid.received) == ("SUCCEEDED", Decimal("12.50"))
    assert (paid.fee, paid.net, paid.settled_currency) == (Decimal("0.66"), Decimal("11.84"), "EUR")
    assert paid.charge_id == bank.bank.intents[payment.id]["latest_charge"]


def test_a_decline_is_named_with_its_finer_word(bank, provider):
    payment = provider.start(CHARGE)
    pay(bank, payment.id, NO_FUNDS)

    assert (provider.settle(payment.id).state, provider.settle(payment.id).error) == (
        "FAILED",
        "card_declined: insufficient_funds",
    )


@pytest.mark.parametrize(("amount", "taken"), [(None, "12.50"), (Decimal("10.00"), "10.00")])
def test_what_is_held_is_captured_once(bank, provider, amount, taken):
    payment = provider.start(replace(CHARGE, hold=True))
    pay(bank, payment.id)
    held = provider.settle(payment.id)

    captured = [provider.capture(payment.id, amount) for _ in range(2)]
    bank.bank.answers.clear()  # the key is forgotten: the bank says that it is captured already
    captured.append(provider.capture(payment.id, amount))

    assert (held.state, held.received) == ("AUTHORISED", Decimal("0.00"))
    assert [(one.state, one.received) for one in captured] == [("SUCCEEDED", Decimal(taken))] * 3


def test_a_lost_start_is_found_among_many_by_what_it_was_for(bank, provider):
    since = timezone.now()
    payment = provider.start(CHARGE)
    for number in range(120):  # more than a page
        bank.bank.create(
            {"amount": "100", "currency": "eur", "metadata": {"order_number": "B", "attempt": str(number)}}
        )

    assert provider.find(CHARGE, since).id == payment.id
    assert provider.find(replace(CHARGE, attempt=2), since) is None


def test_a_refund_comes_back_in_the_shop_s_words(bank, provider):
    payment = provider.start(CHARGE)
    pay(bank, payment.id)

    made, again = provider.refund(give_back(payment)), provider.refund(give_back(payment))
    bank.bank.answers.clear()
    looked = provider.refund(give_back(payment, look_first=True))

    assert (made.state, made.amount, made.currency, made.payment_id) == (
        "SUCCEEDED",
        Decimal("5.00"),
        "EUR",
        payment.id,
    )
    assert {made.id, again.id, looked.id, provider.find_refund(made.id).id} == set(bank.bank.refunds)
    with pytest.raises(ProviderRefused):
        provider.refund(give_back(payment, key="refund-2", refund=2, amount=Decimal("7.51")))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("lost", ProviderUnavailable),
        ("unreachable", ProviderUnavailable),
        ("busy", ProviderUnavailable),
        ("error", KeySpent),
    ],
)
def test_accidents_are_told_apart(bank, fault, error):
    bank.faults.add(fault)

    with pytest.raises(ProviderUnavailable) as raised:
        provider_for("stripe", patient=False).start(CHARGE)

    assert type(raised.value) is error


def test_a_key_that_is_being_used_is_asked_again_later(bank):
    bank.bank.in_flight.add(CHARGE.key)

    with pytest.raises(ProviderUnavailable):
        provider_for("stripe", patient=False).start(CHARGE)


def test_a_page_waits_twelve_seconds_at_most():
    one_call = gateway.CONNECT_SECONDS + gateway.ANSWER_SECONDS
    pauses = sum(gateway.PAUSE_SECONDS * number for number in range(1, gateway.RETRIES + 1))

    assert one_call == 10
    assert gateway.QUICK_SECONDS + pauses + one_call < 12


def test_a_bank_that_hangs_is_not_asked_again_and_one_that_breaks_is(bank, monkeypatch):
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.4)
    monkeypatch.setattr(gateway, "QUICK_SECONDS", 0.2)
    gateway.provider.cache_clear()
    asked = []
    bank.before_answer = lambda handler: asked.append(handler.command) or True
    bank.faults.add("stall", seconds=1)
    with pytest.raises(ProviderUnavailable):
        provider_for("stripe").start(CHARGE)
    bank.faults.add("unreachable", path="k2|payment_intents")

    made = provider_for("stripe").start(replace(CHARGE, key="k2"))

    assert made.state == "STARTED"
    assert len(asked) <= 2  # the one that hung, done in the end, and the one that was asked again


def test_what_nobody_knows_is_not_there(provider):
    for ask in (provider.settle, provider.cancel, provider.capture, provider.find_refund):
        with pytest.raises(NoSuchPayment):
            ask("pi_0" if ask != provider.find_refund else "re_0")


def test_a_key_that_comes_with_other_values_is_a_mistake_of_ours(provider):
    provider.start(CHARGE)

    with pytest.raises(ProviderRefused):
        provider.start(replace(CHARGE, amount=Decimal("13.00")))


def test_events_are_read_page_by_page_for_the_types_the_shop_takes(bank, provider):
    for number in range(60):
        payment = provider.start(replace(CHARGE, key=f"k{number}"))
        pay(bank, payment.id)
        bank.bank.open_dispute(bank.bank.intents[payment.id]["latest_charge"])

    told = provider.events_since(timezone.now() - timedelta(hours=1))

    assert len(told) == 180
    assert {one.body["type"] for one in told} < set(EVENT_TYPES)


def test_the_states_of_the_port_are_those_of_the_rows():
    assert set(STATES.values()) <= set(PaymentAttempt.State.values)
    assert set(REFUND_STATES.values()) <= set(Refund.State.values)
    assert set(DISPUTE_STATES.values()) == set(Dispute.State.values)


def test_the_sdk_speaks_the_version_that_is_pinned(provider):
    assert stripe.api_version == gateway.API_VERSION
    with pytest.raises(NoSuchProvider):
        provider_for("nobody")
