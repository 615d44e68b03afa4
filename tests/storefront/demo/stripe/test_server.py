"""The demonstration bank, over HTTP, with the pinned SDK."""

import json

import pytest
import stripe
from django.core.management import CommandError, call_command

from storefront.demo.stripe import store
from storefront.demo.stripe.bank import DECLINED, Bank, Refused
from storefront.demo.stripe.schema import unflatten

from .conftest import ask, create


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

    declined = ask(
        server, "POST", confirm, f"key=pk_test_x&client_secret={intent.client_secret}&card[number]={DECLINED}"
    )
    accepted = ask(
        server, "POST", confirm, f"key=pk_test_x&client_secret={intent.client_secret}&card[number]=4242424242424242"
    )
    twice = ask(
        server, "POST", confirm, f"key=pk_test_x&client_secret={intent.client_secret}&card[number]=4242424242424242"
    )

    assert (declined[0], json.loads(declined[1])["error"]["code"]) == (402, "card_declined")
    assert (accepted[0], json.loads(accepted[1])["amount_received"]) == (200, 1250)
    assert json.loads(twice[1])["error"]["code"] == "payment_intent_unexpected_state"


def test_strangers_get_nothing(client, server):
    intent = create(client)

    by_secret = ask(
        server, "POST", f"/v1/payment_intents/{intent.id}/confirm", "key=pk_test_x&client_secret=x&card[number]=4242"
    )
    by_key = ask(server, "GET", f"/v1/payment_intents/{intent.id}", key="pk_test_x")

    assert (by_secret[0], by_key[0], ask(server, "GET", "/v1/sources")[0]) == (404, 401, 404)


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


def test_a_large_memory_is_written_now_and_then_and_at_the_end(tmp_path, monkeypatch):
    bank = Bank(tmp_path / "bank.json")
    bank.once("a", {}, lambda: bank.create({"amount": "1250", "currency": "mad"}))
    monkeypatch.setattr(store, "LARGE", 10)

    _, second = bank.once("b", {}, lambda: bank.create({"amount": "1250", "currency": "mad"}))
    soon = list(Bank(tmp_path / "bank.json").intents)
    monkeypatch.setattr(store, "SAVED_EVERY", 0)
    bank.save_late()

    assert len(soon) == 1
    assert second["id"] in Bank(tmp_path / "bank.json").intents


def test_production_does_not_start_it(settings):
    settings.SHOP_ENV = "production"

    with pytest.raises(CommandError):
        call_command("demo_stripe", "--port", "0")


def test_nested_names_and_lists_are_read():
    assert unflatten("amount=5&metadata%5Border_number%5D=A&metadata[x]=&types[]=a&types[]=b&e[0]=c&a[b][c]=d") == {
        "amount": "5",
        "metadata": {"order_number": "A", "x": ""},
        "types": ["a", "b"],
        "e": ["c"],
        "a": {"b": {"c": "d"}},
    }
