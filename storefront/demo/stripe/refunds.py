"""Money going back: refunds."""

import time
from collections.abc import Mapping
from typing import Any

from .cards import REFUND_FAILS, REFUND_LATE
from .intents import Intents
from .refusals import Answer, invalid, not_valid
from .store import new_id

REFUND_SECONDS = 8
ENDS = {REFUND_LATE[-4:]: "succeeded", REFUND_FAILS[-4:]: "failed"}
"""By the card's last digits: a refund of these is pending first, then this."""


class Refunds(Intents):
    def create_refund(self, params: Mapping[str, Any]) -> Answer:
        charge = self._charge_to_refund(params)
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if not left:
            raise invalid("charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
        if amount <= 0:
            raise not_valid("parameter_invalid_integer", "Invalid positive integer: amount", "amount")
        if amount > left:
            raise invalid("amount_too_large", f"Refund amount ({amount}) is greater than unrefunded amount ({left}).")
        ends = ENDS.get(charge["payment_method_details"]["card"]["last4"])
        refund_id = new_id("re_")
        refund = self.refunds[refund_id] = {
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": int(time.time()),
            "currency": charge["currency"],
            "failure_reason": None,
            "metadata": dict(params.get("metadata") or {}),
            "payment_intent": charge["payment_intent"],
            "reason": params.get("reason"),
            "status": "pending" if ends else "succeeded",
        }
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        refund["balance_transaction"] = self.book(
            kind="refund",
            amount=-amount,
            fee=0,
            currency=charge["currency"],
            source=refund_id,
            what=f"REFUND FOR CHARGE {charge['id']}",
        )
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        if ends:
            self.due.append({"at": time.time() + REFUND_SECONDS, "what": ends, "id": refund_id})
        return 200, refund

    def _charge_to_refund(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if bool(params.get("charge")) == bool(params.get("payment_intent")):
            raise not_valid("parameter_missing", "Say one of: charge, payment_intent.")
        charge_id = params.get("charge")
        if not charge_id:
            charge_id = self.retrieve(params["payment_intent"])["latest_charge"]
        charge = self.find(charge_id) if charge_id else None
        if charge is None or not charge["captured"]:
            raise invalid("payment_intent_unexpected_state", "There is nothing captured to refund.")
        if charge["disputed"]:
            raise invalid("charge_disputed", f"Charge {charge['id']} has been charged back.")
        return charge

    def cancel_or_fail(self, refund_id: str, reason: str = "expired_or_canceled_card") -> dict[str, Any]:
        """Let a refund fail, as when the card is closed: the money comes back to the balance."""
        with self.lock:
            refund = self.find(refund_id)
            charge = self.charges[refund["charge"]]
            refund.update(status="failed", failure_reason=reason)
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            refund["failure_balance_transaction"] = self.book(
                kind="refund_failure",
                amount=refund["amount"],
                fee=0,
                currency=refund["currency"],
                source=refund_id,
                what="REFUND FAILURE",
            )
            self.tell("refund.updated", refund)
            self.tell("refund.failed", refund)
            self.save()
            return refund

    def _happen(self, one: Mapping[str, Any]) -> None:
        if one["what"] == "failed":
            self.cancel_or_fail(one["id"])
        elif one["what"] == "succeeded":
            refund = self.refunds[one["id"]]
            if refund["status"] == "pending":
                refund["status"] = "succeeded"
                self.tell("refund.updated", refund)
        else:
            super()._happen(one)
