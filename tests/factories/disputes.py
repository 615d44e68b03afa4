"""Disputes for tests, at the demonstration bank and told to the shop."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.payments import operations
from fulfilment.payments.gateways.base import GivenBack
from fulfilment.payments.models import Dispute, DisputeAnswer, PaymentAttempt, Refund
from fulfilment.payments.operations.refunds import record_refund
from storefront.demo.stripe.server import StandIn

from .bank import pay
from .orders import place_order, stock

ABROAD = Shopping("EUR", "FR")


def pay_by_card(bank: StandIn, *items: Any, shopping: Shopping = ABROAD) -> PaymentAttempt:
    """Return the attempt of an order that was paid by card. ``open_deliveries()`` comes first."""
    order = place_order(
        *(items or ((stock("120.00", farm_gate="80.00"), 2),)), shopping=shopping, payment_method="card"
    )
    pay(bank, operations.start(order_id=order.pk, now=timezone.now()).id)
    operations.sweep(now=timezone.now())
    return PaymentAttempt.objects.select_related("order").get(order=order)


def open_dispute(bank: StandIn, attempt: PaymentAttempt, **options: Any) -> Dispute:
    """Let the buyer's bank dispute a payment, and look it up."""
    made = bank.bank.open_dispute(attempt.charge_id, **options)
    return operations.settle_dispute(provider_id=made["id"], now=timezone.now())


def close_dispute(bank: StandIn, dispute: Dispute, *, won: bool) -> Dispute:
    """Let the buyer's bank decide, and look it up."""
    bank.bank.close_dispute(dispute.provider_id, won=won)
    return operations.settle_dispute(provider_id=dispute.provider_id, now=timezone.now())


def answer_dispute(dispute: Dispute, by: Any = None, **evidence: str) -> DisputeAnswer:
    """Answer the buyer's bank; the job that sends it waits."""
    return operations.answer_dispute(
        dispute_id=dispute.pk,
        explanation="It arrived.",
        evidence={"uncategorized_text": "It arrived."} | evidence,
        now=timezone.now(),
        by=by,
    )


def fail_refund(refund: Refund) -> Refund:
    """Let the bank refuse a refund."""
    paid_by = refund.attempt.intent_id or ""
    answer = GivenBack(
        f"re_refused_{refund.pk}", Refund.State.FAILED, refund.amount, refund.currency, paid_by, "no such card"
    )
    return record_refund(refund_id=refund.pk, answer=answer, now=timezone.now())


def balance(code: str, currency: str = "MAD", cooperative_id: int = 0) -> Decimal:
    return ledger.balance_of(AccountKey(code, currency, cooperative_id))


def broken() -> list[str]:
    return [name for name, rows in violations() if rows]
