"""Payment intents: made, confirmed with a card, proved with 3-D Secure, captured, cancelled. And their charges."""

import re
import time
from collections.abc import Mapping
from typing import Any

from .cards import MESSAGES, Card, card_by
from .money import Money, fee_of
from .refusals import Answer, Refused, invalid, not_valid
from .store import new_id

MINIMUM = {"mad": 500, "eur": 50, "usd": 50}
"""Stripe judges the minimum after conversion: 50 cents, about 5 dirhams."""

LARGEST = 99_999_999
HOLD_SECONDS = 7 * 24 * 3600
SLOW_SECONDS = 8
CANCELLABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "processing", "requires_capture")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
SECRET = re.compile(r"pi_[0-9a-f]+_secret_[0-9a-f]+")


class Intents(Money):
    def create(self, params: Mapping[str, Any]) -> Answer:
        currency, amount = self._wanted(params)
        intent_id = new_id("pi_")
        intent = self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": params.get("capture_method", "automatic_async"),
            "client_secret": f"{intent_id}_secret_{new_id('')}",
            "confirmation_method": "automatic",
            "created": int(time.time()),
            "currency": currency,
            "description": params.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": dict(params.get("metadata", {})),
            "next_action": None,
            "payment_method": None,
            "receipt_email": params.get("receipt_email"),
            "status": "requires_payment_method",
        }
        self.tell("payment_intent.created", intent)
        if params.get("confirm") == "true":
            return self.confirm(intent_id, {"payment_method": params.get("payment_method", "")})
        return 200, intent

    def _wanted(self, params: Mapping[str, Any]) -> tuple[str, int]:
        """Check what the SDK's types cannot tell."""
        currency, amount = str(params["currency"]).lower(), int(params["amount"])
        if currency not in MINIMUM:
            raise not_valid("currency_invalid", f"Invalid currency: {currency}.", "currency")
        if amount < MINIMUM[currency]:
            raise not_valid("amount_too_small", "Amount must convert to at least 50 cents.", "amount")
        if amount > LARGEST:
            raise not_valid("amount_too_large", "Amount must be no more than 999,999.99.", "amount")
        email = params.get("receipt_email")
        if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            raise not_valid("email_invalid", f"Invalid email address: {email}", "receipt_email")
        metadata = params.get("metadata", {})
        if len(metadata) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in metadata.items()):
            raise not_valid("parameter_invalid", "Metadata: 50 keys of 40 characters, values of 500.", "metadata")
        rivals = {"automatic_payment_methods", "allowed_payment_method_types"} & params.keys()
        if len(rivals) > 1:
            raise not_valid("parameter_invalid", f"You may only specify one of these: {sorted(rivals)}.")
        return currency, amount

    def retrieve(self, intent_id: str) -> dict[str, Any]:
        self.settle_due()
        return self.find(intent_id)

    def list_intents(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self.list_of("intents", params) | {"url": "/v1/payment_intents"}

    def search_intents(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Search by metadata alone: ``metadata['order_number']:'X' AND metadata['attempt']:'1'``."""
        wanted = dict(re.findall(r"metadata\[['\"](\w+)['\"]\]:['\"]([^'\"]*)['\"]", params["query"]))
        if not wanted:
            raise not_valid("parameter_invalid", "Search for metadata['name']:'value'.", "query")
        rows = [row for row in self.intents.values() if wanted.items() <= row["metadata"].items()]
        rows = rows[::-1][: int(params.get("limit", 10))]
        return {"object": "search_result", "url": "/v1/payment_intents/search", "has_more": False, "data": rows}

    def confirm(self, intent_id: str, given: Mapping[str, str]) -> Answer:
        """Try a card. A declined one leaves the intent open for another."""
        intent = self.retrieve(intent_id)
        if intent["status"] not in CONFIRMABLE:
            raise self._unexpected(intent, "confirm")
        intent.update(next_action=None, last_payment_error=None, status="requires_payment_method")
        card = card_by(given)
        if card is None:
            return self._declined(intent, "incorrect_number", "", "")
        intent["payment_method"] = new_id("pm_")
        if card.secure:
            intent["status"] = "requires_action"
            intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
            self.challenges[intent_id] = {"last4": card.last4, "decline": list(card.decline or ())}
            self.tell("payment_intent.requires_action", intent)
            return 200, intent
        return self._charge(intent, card)

    def authenticate(self, intent_id: str, *, accepted: bool) -> Answer:
        """End a 3-D Secure challenge as the buyer did: what Stripe's own frame does with the buyer's bank."""
        intent = self.retrieve(intent_id)
        if intent["status"] != "requires_action":
            raise self._unexpected(intent, "authenticate")
        asked = self.challenges.pop(intent_id)
        card = Card(last4=asked["last4"], decline=tuple(asked["decline"]) or None)
        intent["next_action"] = None
        if not accepted:
            return self._declined(intent, "payment_intent_authentication_failure", "", card.last4)
        return self._charge(intent, card)

    def _charge(self, intent: dict[str, Any], card: Card) -> Answer:
        if card.decline:
            return self._declined(intent, *card.decline, card.last4)
        if card.slow:
            intent["status"] = "processing"
            self.due.append({"at": time.time() + SLOW_SECONDS, "what": "succeed", "id": intent["id"]})
            self.tell("payment_intent.processing", intent)
            return 200, intent
        charge = self._new_charge(intent, card)
        if intent["capture_method"] == "manual":
            intent.update(status="requires_capture", amount_capturable=intent["amount"])
            self.due.append({"at": time.time() + HOLD_SECONDS, "what": "let go", "id": intent["id"]})
            self.tell("payment_intent.amount_capturable_updated", intent)
        else:
            self._captured(intent, charge, intent["amount"])
        if card.disputed:
            self.due.append({"at": time.time(), "what": "dispute", "id": charge["id"]})
        return 200, intent

    def _new_charge(self, intent: dict[str, Any], card: Card) -> dict[str, Any]:
        charge_id = new_id("ch_")
        intent["latest_charge"] = charge_id
        self.charges[charge_id] = {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "balance_transaction": None,
            "captured": False,
            "created": int(time.time()),
            "currency": intent["currency"],
            "disputed": False,
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method_details": {
                "type": "card",
                "card": {"brand": "visa", "last4": card.last4, "capture_before": int(time.time()) + HOLD_SECONDS},
            },
            "refunded": False,
            "status": "succeeded",
        }
        return self.charges[charge_id]

    def _captured(self, intent: dict[str, Any], charge: dict[str, Any], amount: int) -> None:
        charge.update(captured=True, amount_captured=amount)
        charge["balance_transaction"] = self.book(
            kind="charge",
            amount=amount,
            fee=fee_of(amount),
            currency=intent["currency"],
            source=charge["id"],
            what=intent["description"] or "",
        )
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0, last_payment_error=None)
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)

    def _declined(self, intent: dict[str, Any], code: str, decline_code: str, last4: str) -> Answer:
        message = MESSAGES.get(decline_code) or MESSAGES[code]
        error: dict[str, Any] = {"type": "card_error", "code": code, "message": message}
        if decline_code:
            error["decline_code"] = decline_code
        if last4:
            error["payment_method"] = {"object": "payment_method", "type": "card", "card": {"last4": last4}}
        intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
        self.tell("payment_intent.payment_failed", intent)
        return 402, {"error": {**error, "payment_intent": intent}}

    def capture(self, intent_id: str, params: Mapping[str, Any]) -> Answer:
        intent = self.retrieve(intent_id)
        if intent["status"] != "requires_capture":
            raise self._unexpected(intent, "capture")
        amount = int(params.get("amount_to_capture", intent["amount_capturable"]))
        if not 0 < amount <= intent["amount_capturable"]:
            raise invalid("amount_too_large", "The amount to capture is more than what is held.")
        self._captured(intent, self.charges[intent["latest_charge"]], amount)
        return 200, intent

    def cancel(self, intent_id: str, reason: str) -> Answer:
        intent = self.retrieve(intent_id)
        if intent["status"] not in CANCELLABLE:
            raise self._unexpected(intent, "cancel")
        self.challenges.pop(intent_id, None)
        self._canceled(intent, reason)
        return 200, intent

    def _canceled(self, intent: dict[str, Any], reason: str) -> None:
        intent.update(
            status="canceled",
            amount_capturable=0,
            cancellation_reason=reason or None,
            canceled_at=int(time.time()),
            next_action=None,
        )
        self.tell("payment_intent.canceled", intent)

    def settle_due(self) -> None:
        """Do what was to happen by now: slow cards succeed, holds run out. Called before anything is read."""
        with self.lock:
            now = time.time()
            ready = [one for one in self.due if one["at"] <= now]
            self.due = [one for one in self.due if one["at"] > now]
            for one in ready:
                self._happen(one)
            if ready:
                self.save()

    def _happen(self, one: Mapping[str, Any]) -> None:
        intent = self.intents.get(one["id"])
        if one["what"] == "succeed" and intent and intent["status"] == "processing":
            self._captured(intent, self._new_charge(intent, Card(last4="1034")), intent["amount"])
        if one["what"] == "let go" and intent and intent["status"] == "requires_capture":
            self._canceled(intent, "automatic")

    def _unexpected(self, intent: Mapping[str, Any], action: str) -> Refused:
        message = f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}."
        return invalid("payment_intent_unexpected_state", message, payment_intent=dict(intent))
