"""Reads of payment attempts."""

from .models import PaymentAttempt


def attempt_of_order(*, order_id: int, intent_id: str) -> PaymentAttempt | None:
    """Return the attempt that a payment belongs to, only if it is this order's."""
    return PaymentAttempt.objects.filter(order_id=order_id, intent_id=intent_id).first()


def latest(order_id: int) -> PaymentAttempt | None:
    """Return an order's last attempt."""
    return PaymentAttempt.objects.filter(order_id=order_id).order_by("-number").first()
