"""The demonstration bank as a fixture: a real HTTP server on a free port, behind the real SDK."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client

from fulfilment.payments.gateways import stripe as gateway
from storefront.demo.stripe.bank import ACCEPTED, Bank
from storefront.demo.stripe.delivery import signature
from storefront.demo.stripe.server import StandIn

WEBHOOK = "/payments/stripe/webhook"


@contextmanager
def open_bank(bank: Bank | None = None) -> Iterator[StandIn]:
    """Run the bank and point the shop at it."""
    server = StandIn(0, bank or Bank())
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


def authenticate(bank: StandIn, intent_id: str, *, accepted: bool = True) -> None:
    """Answer the 3-D Secure challenge as a buyer does."""
    bank.bank.once("", {}, lambda: bank.bank.authenticate(intent_id, accepted=accepted))


def events_of(bank: StandIn, *types: str) -> list[dict[str, Any]]:
    """Return what the bank has to tell, the oldest first."""
    return [event for event in bank.bank.events.values() if not types or event["type"] in types]


def tell(event: dict[str, Any], *, secret: str = "", at: int | None = None, **headers: Any) -> Any:
    """Post an event to the webhook as the bank does, signed at that second with one of the shop's secrets."""
    payload = json.dumps(event).encode()
    signed = signature(payload, secret or settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time()) if at is None else at)
    headers = {"stripe-signature": signed} | headers
    return Client().post(WEBHOOK, payload, content_type="application/json", headers=headers)
