"""What payments do when orders speak, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.orders import signals
from fulfilment.orders.models import Order

from . import operations


@receiver(signals.order_placed, dispatch_uid="payments.open_attempt")
def open_attempt(order: Order, **kwargs: Any) -> None:
    operations.open_attempt(order=order, now=timezone.now())


@receiver(signals.order_delivered, dispatch_uid="payments.collect_cash")
def collect_cash(order_id: int, **kwargs: Any) -> None:
    operations.collect_cash(order_id=order_id, now=timezone.now())


@receiver([signals.order_cancelled, signals.order_expired, signals.order_refused], dispatch_uid="payments.drop_cash")
def drop_cash(order_id: int, **kwargs: Any) -> None:
    operations.drop_cash(order_id=order_id, now=timezone.now())
