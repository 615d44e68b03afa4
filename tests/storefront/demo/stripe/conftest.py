"""The stand-in on a free port, and the pinned SDK that talks to it over its socket."""

import http.client
import threading

import pytest
import stripe

from storefront.demo.stripe.bank import ACCEPTED, Bank
from storefront.demo.stripe.server import StandIn


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


def confirm(server, intent, number=ACCEPTED):
    """Do what the card field does; give the answer's status."""
    body = f"key=pk_test_x&client_secret={intent.client_secret}&card[number]={number}"
    return ask(server, "POST", f"/v1/payment_intents/{intent.id}/confirm", body)[0]


def answer_challenge(server, intent, outcome):
    body = f"key=pk_test_x&client_secret={intent.client_secret}&outcome={outcome}"
    return ask(server, "POST", f"/v1/payment_intents/{intent.id}/authenticate", body)[0]


def paid(server, client, key="k1", number=ACCEPTED, **params):
    """Return an intent that was paid by this card."""
    intent = create(client, key, **params)
    confirm(server, intent, number)
    return client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})


def ask(server, method, path, body="", key="sk_test_x", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request(method, path, body, {"Authorization": f"Bearer {key}", **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()
