"""Events on their way: signed so that the SDK believes them; late, twice, in any order, lost, and tried again."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from storefront.demo.stripe.bank import Bank
from storefront.demo.stripe.delivery import Deliverer, Manner

PARAMS = {"amount": "1250", "currency": "eur"}


class Shop(ThreadingHTTPServer):
    """Takes what it is sent, and says what it was told to say."""

    def __init__(self):
        self.taken, self.answers = [], []
        super().__init__(("127.0.0.1", 0), self.Taker)

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.taken.append((body, self.headers["Stripe-Signature"]))
            self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    def ids(self):
        return [json.loads(body)["id"] for body, _ in self.taken]


@pytest.fixture
def shop():
    taking = Shop()
    threading.Thread(target=taking.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield taking
    taking.shutdown()
    taking.server_close()


@pytest.fixture
def bank(shop):
    deliverer = Deliverer(f"http://127.0.0.1:{shop.server_address[1]}/hook", "whsec_x", back_off=(0.05, 0.05))
    made = Bank()
    made.on_event = deliverer.receive
    made.deliverer = deliverer
    deliverer.start()
    yield made
    deliverer.stop()


def until(look, seconds=10):
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def pay(bank):
    intent = bank.create(PARAMS)[1]
    bank.confirm(intent["id"], {"number": "4242424242424242"})


def test_an_event_is_signed_as_the_sdk_expects(bank, shop):
    bank.create(PARAMS)
    until(lambda: shop.taken)

    body, signed = shop.taken[0]
    event = stripe.Webhook.construct_event(body, signed, "whsec_x")
    assert event.type == "payment_intent.created"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signed, "whsec_y")


def test_each_event_arrives_as_often_as_asked(bank, shop):
    bank.deliverer.manner = Manner(copies=2)
    pay(bank)
    until(lambda: len(shop.taken) == 6)

    assert sorted(shop.ids()) == sorted([*bank.events, *bank.events])


def test_events_come_in_any_order_and_late(bank, shop):
    bank.deliverer.manner = Manner(delay=0.3, shuffle=True)
    for _ in range(10):
        pay(bank)
    early = len(shop.taken)
    until(lambda: len(shop.taken) == 30)

    assert early == 0
    assert shop.ids() != list(bank.events)
    assert sorted(shop.ids()) == sorted(bank.events)


def test_an_event_is_lost_when_asked_and_listed_all_the_same(bank, shop):
    bank.deliverer.manner = Manner(drop=1)
    pay(bank)
    until(lambda: len(shop.taken) == 2)

    assert shop.ids() == list(bank.events)[1:]
    assert len(bank.list_events({})["data"]) == 3


def test_a_shop_that_fails_is_tried_again_and_given_up_in_the_end(bank, shop):
    shop.answers = [500, 200]
    bank.create(PARAMS)
    until(lambda: bank.deliverer.delivered)
    shop.answers = [500] * 3
    bank.create(PARAMS)
    until(lambda: bank.deliverer.given_up)

    assert len(shop.taken) == 2 + 3


def test_nothing_is_delivered_beyond_this_machine():
    with pytest.raises(ValueError, match="this machine only"):
        Deliverer("http://shop.example.org/hook", "whsec_x")
