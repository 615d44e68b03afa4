"""Reads what claims to come from Stripe: who signed it, when, and for which of Stripe's two worlds."""

import json
from collections.abc import Iterable
from typing import Any

import stripe

TOLERANCE_SECONDS = 300
NEEDED = {"id": str, "type": str, "created": int, "livemode": bool, "data": dict}


class BadEvent(Exception):
    """Not to be believed, or not for this shop. ``reason`` is one word, for counting."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_event(raw: bytes, signature: str, *, secrets: Iterable[str], live: bool) -> dict[str, Any]:
    """Return the event in a request's raw bytes. Raises ``BadEvent``.

    Either of two secrets will do while one replaces the other. Nothing is read before its signature fits.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise BadEvent("signature") from None
    _check_signature(text, signature, secrets)
    try:
        event = json.loads(text)
    except ValueError:
        raise BadEvent("payload") from None
    if not isinstance(event, dict) or any(not isinstance(event.get(name), kind) for name, kind in NEEDED.items()):
        raise BadEvent("payload")
    if not isinstance(event["data"].get("object"), dict):
        raise BadEvent("payload")
    if event["livemode"] is not live:
        raise BadEvent("mode")
    if event.get("account"):  # only events of connected accounts carry one, and this shop has none
        raise BadEvent("account")
    return event


def _check_signature(text: str, signature: str, secrets: Iterable[str]) -> None:
    reasons = set()
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        except stripe.SignatureVerificationError as error:
            reasons.add("stale" if "tolerance" in str(error) else "signature")
        else:
            return
    raise BadEvent("stale" if "stale" in reasons else "signature")
