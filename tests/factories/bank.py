"""The demonstration bank as a fixture: a real HTTP server on a free port, behind the real SDK."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from fulfilment.payments.gateways import stripe as gateway
from storefront.demo.stripe.bank import ACCEPTED, Bank
from storefront.demo.stripe.server import StandIn


@contextmanager
def open_bank() -> Iterator[StandIn]:
    """Run the bank and point the shop at it."""
    server = StandIn(0, Bank())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    before = settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = server.url
    gateway.provider.cache_clear()
    try:
        yield server
    finally:
        settings.STRIPE_API_BASE = before
        gateway.provider.cache_clear()
        server.shutdown()
        server.server_close()


def pay(bank: StandIn, intent_id: str, number: str = ACCEPTED) -> None:
    """Do what the card field does with a card."""
    bank.bank.once("", {}, lambda: bank.bank.confirm(intent_id, {"number": number}))
