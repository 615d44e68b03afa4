"""Payments of the demonstration bank: cards, 3-D Secure, holds, slow cards, lists; with the pinned SDK."""

import time
from datetime import timedelta

import pytest
import stripe

from storefront.demo.stripe.cards import DECLINED, NO_FUNDS, SECURE, SECURE_NO_FUNDS, SLOW

from .conftest import answer_challenge, ask, confirm, create, paid


def status(client, intent):
    return client.v1.payment_intents.retrieve(intent.id).status


def types(server):
    return [event["type"] for event in server.bank.events.values()]


@pytest.mark.parametrize(
    ("number", "code", "finer"),
    [
        (DECLINED, "card_declined", "generic_decline"),
        (NO_FUNDS, "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", None),
        ("1234567890123456", "incorrect_number", None),
    ],
)
def test_a_card_is_declined_for_its_own_reason(server, client, number, code, finer):
    intent = create(client)

    answer = confirm(server, intent, number)

    error = client.v1.payment_intents.retrieve(intent.id).last_payment_error
    assert (answer, error.code, getattr(error, "decline_code", None)) == (402, code, finer)
    assert status(client, intent) == "requires_payment_method"
    assert types(server) == ["payment_intent.created", "payment_intent.payment_failed"]


def test_3d_secure_accepted_pays(server, client):
    intent = create(client)
    confirm(server, intent, SECURE)
    asked = client.v1.payment_intents.retrieve(intent.id)

    answer_challenge(server, intent, "accept")

    assert (asked.status, asked.next_action.type, asked.amount_received) == ("requires_action", "use_stripe_sdk", 0)
    assert status(client, intent) == "succeeded"
    assert types(server)[1:] == ["payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded"]


def test_3d_secure_refused_leaves_the_payment_for_another_card(server, client):
    intent = create(client)
    confirm(server, intent, SECURE)

    refused = answer_challenge(server, intent, "refuse")
    after = client.v1.payment_intents.retrieve(intent.id)
    again = confirm(server, intent)

    assert (refused, after.status) == (402, "requires_payment_method")
    assert after.last_payment_error.code == "payment_intent_authentication_failure"
    assert (again, status(client, intent)) == (200, "succeeded")


def test_3d_secure_abandoned_waits_and_takes_another_card(server, client):
    intent = create(client)
    confirm(server, intent, SECURE)

    assert status(client, intent) == "requires_action"
    assert (confirm(server, intent), status(client, intent)) == (200, "succeeded")


def test_3d_secure_accepted_may_still_be_declined(server, client):
    intent = create(client)
    confirm(server, intent, SECURE_NO_FUNDS)

    assert (answer_challenge(server, intent, "accept"), status(client, intent)) == (402, "requires_payment_method")


def test_a_challenge_is_answered_once_and_by_its_buyer_alone(server, client):
    intent, other = create(client), create(client, "k2")
    confirm(server, intent, SECURE)
    body = f"key=pk_test_x&client_secret={other.client_secret}&outcome=accept"

    stranger = ask(server, "POST", f"/v1/payment_intents/{intent.id}/authenticate", body)[0]
    answers = [answer_challenge(server, intent, "accept") for _ in "ab"]

    assert (stranger, answers) == (404, [200, 400])


def test_a_slow_card_succeeds_by_itself(server, client, clock):
    intent = create(client)
    confirm(server, intent, SLOW)
    before = status(client, intent)

    clock.shift(timedelta(seconds=9))

    assert (before, status(client, intent)) == ("processing", "succeeded")


def test_a_hold_is_captured_in_part_and_the_rest_let_go(server, client):
    intent = create(client, capture_method="manual")
    confirm(server, intent)
    held = client.v1.payment_intents.retrieve(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1251})

    captured = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1000})

    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 1250, 0)
    assert (captured.status, captured.amount_capturable, captured.amount_received) == ("succeeded", 0, 1000)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id)


def test_a_hold_is_cancelled_and_what_was_paid_is_not(server, client):
    held = create(client, capture_method="manual")
    confirm(server, held)
    done = paid(server, client, "k2")

    cancelled = client.v1.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"})

    assert (cancelled.status, cancelled.amount_capturable, cancelled.cancellation_reason) == (
        "canceled",
        0,
        "abandoned",
    )
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        client.v1.payment_intents.cancel(done.id)


def test_the_shop_may_confirm_by_a_test_method(server, client):
    good = create(client)
    client.v1.payment_intents.confirm(good.id, {"payment_method": "pm_card_visa"})
    bad = create(client, "k2")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.confirm(bad.id, {"payment_method": "pm_card_visa_chargeDeclined"})

    assert (status(client, good), declined.value.code) == ("succeeded", "card_declined")


def test_payments_are_listed_by_time_and_searched_by_metadata(server, client, clock):
    first = create(client, metadata={"order_number": "A", "attempt": "1"})
    clock.shift(timedelta(hours=1))
    later = time.time() - 60
    for number in range(3):
        create(client, f"k{number + 2}", metadata={"order_number": "B", "attempt": str(number)})

    recent = client.v1.payment_intents.list({"created": {"gte": int(later)}, "limit": 2})
    query = "metadata['order_number']:'A' AND metadata['attempt']:'1'"
    found = client.v1.payment_intents.search({"query": query})

    assert [one.metadata["attempt"] for one in recent.auto_paging_iter()] == ["2", "1", "0"]
    assert [one.id for one in found.data] == [first.id]


def test_no_card_number_is_kept(server, client, tmp_path):
    server.bank.file = tmp_path / "bank.json"
    paid(server, client)
    secure = create(client, "k2")
    confirm(server, secure, SECURE)

    kept = server.bank.file.read_text()

    assert "4242424242424242" not in kept
    assert SECURE not in kept
    assert '"last4": "4242"' in kept


def test_amounts_it_cannot_take_and_rivals_are_refused(client):
    for params, code in (
        ({"amount": 499, "currency": "mad"}, "amount_too_small"),
        ({"amount": 100_000_000}, "amount_too_large"),
        ({"receipt_email": "nobody"}, "email_invalid"),
        ({"allowed_payment_method_types": ["card"]}, "parameter_invalid"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            create(client, **params)
        assert refused.value.code == code
