"""What orders do when payments speak."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from . import operations, signals


@receiver(signals.payment_settled, dispatch_uid="orders.mark_paid")
def mark_paid(order_id: int, **kwargs: Any) -> None:
    """Mark the order paid in the payment's own transaction."""
    operations.mark_paid(order_id=order_id, now=timezone.now())


@receiver(signals.payment_authorised, dispatch_uid="orders.keep_until")
def keep_until(order_id: int, until: datetime, **kwargs: Any) -> None:
    """Keep the goods for as long as the card is held."""
    operations.keep_until(order_id=order_id, until=until, now=timezone.now())
