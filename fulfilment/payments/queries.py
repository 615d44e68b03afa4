"""Reads of payment attempts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from fulfilment.orders.queries import unpaid_since

from .models import PaymentAttempt

State = PaymentAttempt.State


@dataclass(frozen=True)
class Standing:
    """How the payments of an order stand: may it be paid by card, is money of it held for a person."""

    payable: bool
    held: bool


def attempt_of_order(*, order_id: int, intent_id: str) -> PaymentAttempt | None:
    """Return the attempt that a payment belongs to, only if it is this order's."""
    return PaymentAttempt.objects.filter(order_id=order_id, intent_id=intent_id).first()


def latest(order_id: int) -> PaymentAttempt | None:
    """Return an order's last attempt."""
    return PaymentAttempt.objects.filter(order_id=order_id).order_by("-number").first()


def standing_of(order_id: int) -> Standing:
    """Say how an unpaid order's payments stand (one query)."""
    states = set(PaymentAttempt.objects.filter(order_id=order_id, provider="stripe").values_list("state", flat=True))
    held = State.QUARANTINED in states
    return Standing(payable=not held and not states.isdisjoint(PaymentAttempt.WAITING_STATES), held=held)


def abandoned_orders(now: datetime) -> QuerySet:
    """Return the keys of overdue orders with no payment that could still come, and none that a person looks at."""
    standing = (*PaymentAttempt.WAITING_STATES, State.QUARANTINED)
    attempts = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=standing)
    return unpaid_since(now).filter(~Exists(attempts)).values_list("pk", flat=True)
