"""Keys and accidents as Stripe documents them; with the pinned SDK."""

import threading
from datetime import timedelta

import pytest
import stripe

from storefront.demo.stripe.cards import DECLINED

from .conftest import ask, confirm, create


def count(server):
    return len(server.bank.intents)


def test_a_lost_answer_is_found_again_under_its_key(server, client):
    server.faults.add("lost", path="payment_intents", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        create(client)

    again = create(client)

    assert (count(server), again.id) == (1, next(iter(server.bank.intents)))
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_call_that_never_arrived_did_nothing(server, client):
    server.faults.add("unreachable")
    with pytest.raises(stripe.APIConnectionError):
        create(client)

    assert count(server) == 0


@pytest.mark.parametrize(("kind", "made"), [("error", 0), ("error_after", 1)])
def test_a_500_is_said_again_under_its_key_whether_it_did_something_or_not(server, client, kind, made):
    server.faults.add(kind, path="payment_intents$")
    errors = []
    for _ in range(3):
        with pytest.raises(stripe.APIError) as error:
            create(client)
        errors.append(error.value.http_status)

    assert (errors, count(server)) == ([500] * 3, made)
    assert create(client, "another").status == "requires_payment_method"


def test_too_many_requests_are_refused_and_nothing_is_saved(server, client):
    server.faults.add("busy", times=2)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            create(client)

    assert create(client).status == "requires_payment_method"


def test_a_mistake_is_not_saved_under_its_key(client):
    with pytest.raises(stripe.InvalidRequestError):
        create(client, amount=1)

    assert create(client).amount == 1250


def test_a_declined_confirmation_is_saved_under_its_key(server, client):
    intent = create(client)
    method = {"payment_method": "pm_card_visa_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.confirm(intent.id, method, {"idempotency_key": "c1"})

    failed = [event for event in server.bank.events.values() if event["type"] == "payment_intent.payment_failed"]
    assert len(failed) == 1


def test_the_same_key_twice_at_once_is_told_that_it_is_in_use(server, client):
    server.faults.add("stall", path="payment_intents$", seconds=1)
    answers = []

    def ask_once():
        try:
            answers.append(create(client).id)
        except stripe.APIError as error:
            answers.append(error.http_status)

    first = threading.Thread(target=ask_once)
    first.start()
    while not server.bank.in_flight:
        pass
    ask_once()
    first.join()

    assert (answers[0], answers[1], count(server)) == (409, next(iter(server.bank.intents)), 1)


def test_a_key_is_forgotten_after_a_day(server, client, clock):
    first = create(client)

    clock.shift(timedelta(hours=25))

    assert create(client).id != first.id


def test_another_version_and_another_account_are_refused(server):
    old = ask(server, "GET", "/v1/events", **{"Stripe-Version": "2020-08-27"})[0]
    other = ask(server, "GET", "/v1/events", **{"Stripe-Account": "acct_other"})[0]

    assert (old, other) == (400, 403)


def test_faults_are_set_over_the_wire_for_the_calls_they_name(server, client):
    ask(server, "POST", "/control/faults", "kind=error&path=refunds&times=2")
    intent = create(client)
    confirm(server, intent, DECLINED)

    assert [fault.times for fault in server.faults.coming] == [2]
    assert ask(server, "POST", "/control/faults", "clear=1")[1] == b'{"coming": []}'
