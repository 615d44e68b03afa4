"""Disputes: a buyer's bank takes a payment back, or asks about it first; the shop answers once; the bank decides."""

import time
from collections.abc import Mapping
from typing import Any

from .money import DISPUTE_FEE
from .refunds import Refunds
from .refusals import Answer, invalid, not_valid
from .store import new_id

EVIDENCE_SECONDS = 7 * 24 * 3600
LONGEST_EVIDENCE, LONGEST_FIELD = 150_000, 20_000
ANSWERED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
CLOSED = ("won", "lost", "warning_closed")


class Disputes(Refunds):
    def open_dispute(
        self, charge_id: str, reason: str = "fraudulent", *, amount: int | None = None, warning: bool = False
    ) -> dict[str, Any]:
        """Take a charge back or a part of it, as the buyer's bank does: a control, not an API call.

        With ``warning`` the bank only asks: nothing is taken, and the charge can still be refunded.
        """
        with self.lock:
            charge = self.find(charge_id)
            if charge["disputed"]:
                raise invalid("charge_disputed", "This charge is disputed already.")
            dispute_id = new_id("dp_")
            dispute = self.disputes[dispute_id] = {
                "id": dispute_id,
                "object": "dispute",
                "amount": amount or charge["amount_captured"],
                "balance_transactions": [],
                "charge": charge_id,
                "created": int(time.time()),
                "currency": charge["currency"],
                "evidence": {},
                "evidence_details": {
                    "due_by": int(time.time()) + EVIDENCE_SECONDS,
                    "has_evidence": False,
                    "past_due": False,
                    "submission_count": 0,
                },
                "is_charge_refundable": warning,
                "livemode": False,
                "metadata": {},
                "payment_intent": charge["payment_intent"],
                "reason": reason,
                "status": "warning_needs_response" if warning else "needs_response",
            }
            self.tell("charge.dispute.created", dispute)
            if not warning:
                self._withdraw(dispute)
            self.save()
            return dispute

    def escalate_dispute(self, dispute_id: str) -> dict[str, Any]:
        """Let a bank that only asked take the money: a control."""
        with self.lock:
            dispute = self.find(dispute_id)
            if not dispute["status"].startswith("warning_"):
                raise invalid("dispute_closed", "This dispute is no warning.")
            dispute.update(status="needs_response", is_charge_refundable=False)
            dispute["evidence_details"].update(due_by=int(time.time()) + EVIDENCE_SECONDS, submission_count=0)
            self.tell("charge.dispute.updated", dispute)
            self._withdraw(dispute)
            self.save()
            return dispute

    def update_dispute(self, dispute_id: str, params: Mapping[str, Any]) -> Answer:
        """Keep evidence, and submit it unless told otherwise: once. Late evidence is taken, and may not count."""
        dispute = self.find(dispute_id)
        details, evidence = dispute["evidence_details"], params.get("evidence", {})
        if dispute["status"] in CLOSED:
            raise invalid("dispute_closed", "This dispute is already closed.")
        if evidence and details["submission_count"]:
            raise invalid("dispute_evidence_submitted", "Evidence has already been submitted for this dispute.")
        for name, text in evidence.items():
            if len(text) > LONGEST_FIELD:
                raise not_valid("parameter_invalid", "At most 20,000 characters.", f"evidence[{name}]")
        merged = dispute["evidence"] | evidence
        if sum(map(len, merged.values())) > LONGEST_EVIDENCE:
            raise not_valid("parameter_invalid", "At most 150,000 characters in all.", "evidence")
        dispute["evidence"] = merged
        dispute["metadata"].update(params.get("metadata") or {})
        details["has_evidence"] = bool(merged)
        if merged and params.get("submit", "true") == "true" and dispute["status"] in ANSWERED:
            details["submission_count"] += 1
            details["past_due"] = time.time() > details["due_by"]
            dispute["status"] = ANSWERED[dispute["status"]]
        self.tell("charge.dispute.updated", dispute)
        return 200, dispute

    def close_dispute(self, dispute_id: str, *, won: bool) -> dict[str, Any]:
        """Decide, as the buyer's bank does; one that only asked just ends."""
        with self.lock:
            dispute = self.find(dispute_id)
            if dispute["status"] in CLOSED:
                raise invalid("dispute_closed", "This dispute is closed already.")
            if dispute["status"].startswith("warning_"):
                dispute["status"] = "warning_closed"
            else:
                dispute["status"] = "won" if won else "lost"
            if dispute["status"] == "won":
                self._book_dispute(dispute, dispute["amount"], -DISPUTE_FEE)
                self.tell("charge.dispute.funds_reinstated", dispute)
            self.tell("charge.dispute.closed", dispute)
            self.save()
            return dispute

    def _withdraw(self, dispute: dict[str, Any]) -> None:
        self.charges[dispute["charge"]]["disputed"] = True
        self._book_dispute(dispute, -dispute["amount"], DISPUTE_FEE)
        self.tell("charge.dispute.funds_withdrawn", dispute)

    def _book_dispute(self, dispute: dict[str, Any], amount: int, fee: int) -> None:
        booked = self.book(
            kind="adjustment",
            amount=amount,
            fee=fee,
            currency=dispute["currency"],
            source=dispute["id"],
            what="Chargeback withdrawal" if amount < 0 else "Chargeback reversal",
        )
        dispute["balance_transactions"].append(dict(self.transactions[booked]))

    def _happen(self, one: Mapping[str, Any]) -> None:
        if one["what"] == "dispute":
            self.open_dispute(one["id"])
        else:
            super()._happen(one)
