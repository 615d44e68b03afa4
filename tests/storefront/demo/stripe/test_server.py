"""The demonstration bank, over HTTP, with the pinned SDK."""

import http.client
import json
import threading

import pytest
import stripe
from django.core.management import CommandError, call_command

from storefront.demo.stripe.bank import DECLINED, Bank, Refused
from storefront.demo.stripe.server import StandIn, unflatten


@pytest.fixture
def server():
    stand_in = StandIn(0, Bank())
    threading.Thread(target=stand_in.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield stand_in
    stand_in.shutdown()
    stand_in.server_close()


@pytest.fixture
def client(server):
    return stripe.StripeClient("sk_test_demonstration", base_addresses={"api": server.url}, max_network_retries=0)


def create(client, key="k1", **params):
    values = {"amount": 1250, "currency": "eur", "automatic_payment_methods": {"enabled": True}} | params
    return client.v1.payment_intents.create(values, options={"idempotency_key": key})


def ask(server, method, path, body="", key="sk_test_x"):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request(method, path, body, {"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_same_key_gives_the_same_intent_and_other_values_an_error(client):
    first, again = create(client), create(client)

    with pytest.raises(stripe.IdempotencyError):
        create(client, amount=999)

    assert first.id == again.id


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported"),
        ({"amount": 49}, "amount_too_small"),
        ({"currency": "jpy"}, "currency_invalid"),
        ({"colour": "red"}, "parameter_unknown"),
    ],
)
def test_what_stripe_refuses_is_refused(client, params, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(client, **params)

    assert refused.value.code == code


def test_a_declined_card_leaves_the_intent_open_and_an_accepted_one_ends_it(client, server):
    intent = create(client)
    confirm = f"/v1/payment_intents/{intent.id}/confirm"

    declined = ask(server, "POST", confirm, f"client_secret={intent.client_secret}&card[number]={DECLINED}")
    accepted = ask(server, "POST", confirm, f"client_secret={intent.client_secret}&card[number]=4242424242424242")
    twice = ask(server, "POST", confirm, f"client_secret={intent.client_secret}&card[number]=4242424242424242")

    assert (declined[0], json.loads(declined[1])["error"]["code"]) == (402, "card_declined")
    assert (accepted[0], json.loads(accepted[1])["amount_received"]) == (200, 1250)
    assert json.loads(twice[1])["error"]["code"] == "payment_intent_unexpected_state"


def test_strangers_get_nothing(client, server):
    intent = create(client)

    by_secret = ask(server, "POST", f"/v1/payment_intents/{intent.id}/confirm", "client_secret=x&card[number]=4242")
    by_key = ask(server, "GET", f"/v1/payment_intents/{intent.id}", key="pk_test_x")

    assert (by_secret[0], by_key[0], ask(server, "GET", "/v1/charges")[0]) == (404, 401, 404)


def test_the_script_and_the_field_are_served(server):
    found = [ask(server, "GET", path)[0] for path in ("/v3/", "/v3/field?locale=ar", "/v3/field.js", "/v3/field.css")]

    assert found == [200] * 4


def test_what_it_knows_outlives_a_restart(tmp_path):
    bank = Bank(tmp_path / "bank.json")
    _, intent = bank.once("k", {"a": 1}, lambda: bank.create({"amount": "1250", "currency": "mad"}))

    again = Bank(tmp_path / "bank.json")

    assert again.retrieve(intent["id"])["amount"] == 1250
    with pytest.raises(Refused):
        again.once("k", {"a": 2}, lambda: again.create({}))


def test_production_does_not_start_it(settings):
    settings.SHOP_ENV = "production"

    with pytest.raises(CommandError):
        call_command("demo_stripe", "--port", "0")


def test_nested_names_are_read_one_level_deep():
    assert unflatten("amount=5&metadata%5Border_number%5D=A&metadata[x]=") == {
        "amount": "5",
        "metadata": {"order_number": "A", "x": ""},
    }
