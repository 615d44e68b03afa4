"""The bank's own account of what came and went: balance transactions with their fees, the balance, payouts."""

import time
from collections.abc import Mapping
from typing import Any

from .events import Events
from .refusals import invalid
from .store import new_id

FEE_PER_THOUSAND, FEE_FIXED = 29, 30
DISPUTE_FEE = 1500
AVAILABLE_AFTER = 2 * 24 * 3600


def fee_of(amount: int) -> int:
    """Return what the bank keeps of a charge: 2.9 % and 30 cents, halves up."""
    return (amount * FEE_PER_THOUSAND + 500) // 1000 + FEE_FIXED


class Money(Events):
    """Amounts settle in the currency they were paid in."""

    def book(self, *, kind: str, amount: int, fee: int, currency: str, source: str, what: str) -> str:
        """Write a balance transaction and return its id."""
        now = int(time.time())
        transaction: dict[str, Any] = {
            "id": new_id("txn_"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now + AVAILABLE_AFTER,
            "created": now,
            "currency": currency,
            "description": what,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [
                {"amount": fee, "application": None, "currency": currency, "description": "fees", "type": "stripe_fee"}
            ]
            if fee
            else [],
            "net": amount - fee,
            "payout": None,
            "reporting_category": kind,
            "source": source,
            "status": "pending",
            "type": kind,
        }
        self.transactions[transaction["id"]] = transaction
        return transaction["id"]  # type: ignore[no-any-return]

    def list_transactions(self, params: Mapping[str, Any]) -> dict[str, Any]:
        for transaction in self.transactions.values():
            if transaction["available_on"] <= time.time():
                transaction["status"] = "available"
        page = self.list_of("transactions", params, "type", "currency", "source", "payout")
        return page | {"url": "/v1/balance_transactions"}

    def balance(self) -> dict[str, Any]:
        amounts: dict[str, int] = {}
        for transaction in self.transactions.values():
            amounts[transaction["currency"]] = amounts.get(transaction["currency"], 0) + transaction["net"]
        rows = [{"amount": amount, "currency": currency} for currency, amount in sorted(amounts.items())]
        return {"object": "balance", "available": rows, "pending": [], "livemode": False}

    def pay_out(self, currency: str, *, fails: bool = False) -> dict[str, Any]:
        """Send everything of a currency that was not sent yet to the shop's account: a control, not an API call."""
        with self.lock:
            rows = [row for row in self.transactions.values() if row["currency"] == currency and not row["payout"]]
            amount = sum(row["net"] for row in rows)
            if amount <= 0:
                raise invalid("balance_insufficient", "There is nothing to pay out.")
            payout: dict[str, Any] = {
                "id": new_id("po_"),
                "object": "payout",
                "amount": amount,
                "arrival_date": int(time.time()),
                "automatic": True,
                "balance_transaction": None,
                "created": int(time.time()),
                "currency": currency,
                "failure_code": "account_closed" if fails else None,
                "livemode": False,
                "metadata": {},
                "reconciliation_status": "in_progress",
                "status": "failed" if fails else "paid",
            }
            self.payouts[payout["id"]] = payout
            if fails:
                self.tell("payout.failed", payout)
            else:
                payout["balance_transaction"] = self.book(
                    kind="payout", amount=-amount, fee=0, currency=currency, source=payout["id"], what="PAYOUT"
                )
                for row in (*rows, self.transactions[payout["balance_transaction"]]):
                    row["payout"] = payout["id"]
                payout["reconciliation_status"] = "completed"
                self.tell("payout.paid", payout)
                self.tell("payout.reconciliation_completed", payout)
            self.save()
            return payout
