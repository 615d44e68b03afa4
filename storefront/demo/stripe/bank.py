"""What the stand-in remembers: payment intents, and answers by idempotency key. Kept in one JSON file."""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ACCEPTED, DECLINED = "4242424242424242", "4000000000000002"
DECLINES = {
    DECLINED: ("card_declined", "Your card was declined."),
    "4000000000009995": ("card_declined", "Your card has insufficient funds."),
}
CREATE = ("amount", "currency", "automatic_payment_methods", "metadata", "description", "receipt_email")
MINIMUM = {"mad": 500, "eur": 50, "usd": 50}
CANCELLABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")

Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """What Stripe would answer with an error object."""

    def __init__(self, status: int, type_: str, code: str, message: str, **more: Any) -> None:
        self.status = status
        self.body = {"error": {"type": type_, "code": code, "message": message, **more}}
        super().__init__(message)


def invalid(code: str, message: str, status: int = 400) -> Refused:
    return Refused(status, "invalid_request_error", code, message)


class Bank:
    """Payment intents by id. One lock: a demonstration serves one request at a time."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.lock = threading.RLock()
        self.intents: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        if file and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.intents, self.answers = kept["intents"], kept["answers"]

    def once(self, key: str, asked: Mapping[str, Any], action: Callable[[], Answer]) -> Answer:
        """Answer as the first time when the key was used before; the same key for something else is an error."""
        with self.lock:
            digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
            known = self.answers.get(key) if key else None
            if known:
                if known["digest"] != digest:
                    raise Refused(400, "idempotency_error", "idempotency_error", "This key was used for other values.")
                return known["status"], known["body"]
            status, body = action()
            if key:
                self.answers[key] = {"digest": digest, "status": status, "body": json.loads(json.dumps(body))}
            self._save()
            return status, body

    def create(self, params: Mapping[str, Any]) -> Answer:
        if "payment_method_types" in params:
            raise invalid("payment_method_types_no_longer_supported", "payment_method_types is not supported.")
        for name in params:
            if name not in CREATE:
                raise invalid("parameter_unknown", f"Received unknown parameter: {name}")
        currency = str(params.get("currency", "")).lower()
        if currency not in MINIMUM:
            raise invalid("currency_invalid", f"Invalid currency: {currency}")
        try:
            amount = int(str(params.get("amount", "")))
        except ValueError:
            raise invalid("parameter_invalid_integer", "Invalid integer: amount") from None
        if amount < MINIMUM[currency]:
            raise invalid("amount_too_small", "Amount must convert to at least 50 cents.")
        intent_id = f"pi_{secrets.token_hex(12)}"
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_received": 0,
            "automatic_payment_methods": {"enabled": True},
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{secrets.token_hex(12)}",
            "created": int(time.time()),
            "currency": currency,
            "description": params.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": dict(params.get("metadata", {})),
            "receipt_email": params.get("receipt_email"),
            "status": "requires_payment_method",
        }
        return 200, self.intents[intent_id]

    def retrieve(self, intent_id: str) -> dict[str, Any]:
        try:
            return self.intents[intent_id]
        except KeyError:
            raise invalid("resource_missing", f"No such payment_intent: '{intent_id}'", 404) from None

    def confirm(self, intent_id: str, card: Mapping[str, str]) -> Answer:
        """Try a card. A declined one leaves the intent open for another."""
        intent = self.retrieve(intent_id)
        if intent["status"] != "requires_payment_method":
            raise self._unexpected(intent, "confirm")
        number = "".join(filter(str.isdigit, card.get("number", "")))
        if number == ACCEPTED:
            intent.update(
                status="succeeded",
                amount_received=intent["amount"],
                last_payment_error=None,
                latest_charge=f"ch_{secrets.token_hex(12)}",
            )
            return 200, intent
        code, message = DECLINES.get(number, ("incorrect_number", "Your card number is incorrect."))
        intent["last_payment_error"] = {"type": "card_error", "code": code, "message": message}
        error = {"error": {**intent["last_payment_error"], "payment_intent": intent}}
        return 402, error

    def cancel(self, intent_id: str, reason: str) -> Answer:
        intent = self.retrieve(intent_id)
        if intent["status"] not in CANCELLABLE:
            raise self._unexpected(intent, "cancel")
        intent.update(status="canceled", cancellation_reason=reason or None)
        return 200, intent

    def _unexpected(self, intent: Mapping[str, Any], action: str) -> Refused:
        message = f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}."
        return invalid("payment_intent_unexpected_state", message)

    def _save(self) -> None:
        if self.file is None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"intents": self.intents, "answers": self.answers}), encoding="utf-8")
        new.replace(self.file)
