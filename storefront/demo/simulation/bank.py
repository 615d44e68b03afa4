"""Who takes cards in a simulated year: the payments' port, answered in this process by the simulated clock."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from catalogue.kernel.money import ZERO, quantize
from fulfilment.payments.gateways.base import (
    Charge,
    Disputed,
    GiveBack,
    GivenBack,
    Movement,
    NoSuchPayment,
    Payment,
    ProviderEvent,
    ProviderRefused,
)

FEE_PCT, FEE = Decimal("1.4"), Decimal("0.25")
DISPUTE_FEE = Decimal("15.00")
ANSWER_WITHIN = timedelta(days=14)


class CardBank:
    """An ``AccountProvider`` that never fails, and what buyers and their banks do there: pay, dispute, decide."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, GivenBack] = {}
        self.disputes: dict[str, Disputed] = {}
        self.moved: list[Movement] = []

    def pay(self, payment_id: str) -> None:
        """Let the buyer's card go through."""
        asked = self.settle(payment_id)
        fee = quantize(asked.amount * FEE_PCT / 100) + FEE
        self.payments[payment_id] = replace(
            asked,
            state="SUCCEEDED",
            received=asked.amount,
            charge_id=f"ch_{payment_id}",
            fee=fee,
            net=asked.amount - fee,
            settled_currency=asked.currency,
        )
        self._move("charge", f"ch_{payment_id}", asked.amount, asked.currency, fee)

    def open_dispute(self, payment_id: str) -> str:
        """Let the buyer's bank take a payment back; return the dispute's name."""
        paid = self.settle(payment_id)
        name = f"dp_{payment_id}"
        self.disputes[name] = Disputed(
            id=name,
            state="NEEDS_RESPONSE",
            amount=paid.received,
            currency=paid.currency,
            reason="fraudulent",
            payment_id=payment_id,
            charge_id=paid.charge_id,
            opened_at=self.clock(),
            due_at=self.clock() + ANSWER_WITHIN,
            submissions=0,
            movements=(self._move("dispute", name, -paid.received, paid.currency, DISPUTE_FEE),),
        )
        return name

    def close_dispute(self, name: str, *, won: bool) -> None:
        """Let the buyer's bank decide; what the shop won comes back with the fee."""
        known = self.find_dispute(name)
        back = (self._move("dispute", name, known.amount, known.currency, -DISPUTE_FEE),) if won else ()
        state = "WON" if won else "LOST"
        self.disputes[name] = replace(known, state=state, movements=known.movements + back)

    def start(self, charge: Charge) -> Payment:
        return self.payments.setdefault(charge.key, charge.as_started())

    def find(self, charge: Charge, since: datetime) -> Payment | None:
        return self.payments.get(charge.key)

    def settle(self, payment_id: str) -> Payment:
        try:
            return self.payments[payment_id]
        except KeyError:
            raise NoSuchPayment(payment_id) from None

    def capture(self, payment_id: str, amount: Decimal | None = None) -> Payment:
        return self.settle(payment_id)

    def cancel(self, payment_id: str) -> Payment:
        known = self.settle(payment_id)
        if known.state != "SUCCEEDED":
            known = self.payments[payment_id] = replace(known, state="CANCELLED")
        return known

    def refund(self, asked: GiveBack) -> GivenBack:
        if known := self.refunds.get(asked.key):
            return known
        paid = self.settle(asked.payment_id)
        before = sum((one.amount for one in self.refunds.values() if one.payment_id == asked.payment_id), ZERO)
        if before + asked.amount > paid.received or f"dp_{asked.payment_id}" in self.disputes:
            raise ProviderRefused(f"{asked.amount} {asked.currency} of {asked.payment_id} are not there to give back")
        metadata = {"order_number": asked.order_number, "refund": str(asked.refund)}
        made = GivenBack(asked.key, "SUCCEEDED", asked.amount, asked.currency, asked.payment_id, metadata=metadata)
        self._move("refund", asked.key, -asked.amount, asked.currency)
        return self.refunds.setdefault(asked.key, made)

    def find_refund(self, refund_id: str) -> GivenBack:
        return self.refunds[refund_id]

    def find_dispute(self, dispute_id: str) -> Disputed:
        try:
            return self.disputes[dispute_id]
        except KeyError:
            raise NoSuchPayment(dispute_id) from None

    def answer_dispute(
        self, dispute_id: str, evidence: Mapping[str, str], *, key: str, submit: bool = True
    ) -> Disputed:
        return self.find_dispute(dispute_id)

    def events_since(self, since: datetime) -> list[ProviderEvent]:
        return []

    def movements(self, since: datetime, until: datetime) -> list[Movement]:
        return [one for one in self.moved if since <= one.moved_at < until]

    def _move(self, kind: str, source: str, amount: Decimal, currency: str, fee: Decimal = ZERO) -> Movement:
        name = f"txn_{len(self.moved) + 1}"
        self.moved.append(Movement(name, kind, source, amount, currency, self.clock(), fee))
        return self.moved[-1]
