"""What payments do when orders speak, in the same transaction."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.orders import signals
from fulfilment.orders.models import Order

from . import operations
from .models import Refund


@receiver(signals.order_placed, dispatch_uid="payments.open_attempt")
def open_attempt(order: Order, **kwargs: Any) -> None:
    operations.open_attempt(order=order, now=timezone.now())


@receiver(signals.order_delivered, dispatch_uid="payments.collect_cash")
def collect_cash(order_id: int, **kwargs: Any) -> None:
    operations.collect_cash(order_id=order_id, now=timezone.now())


@receiver([signals.order_cancelled, signals.order_expired, signals.order_refused], dispatch_uid="payments.drop_cash")
def drop_cash(order_id: int, **kwargs: Any) -> None:
    operations.drop_cash(order_id=order_id, now=timezone.now())


@receiver(signals.order_cancelled, dispatch_uid="payments.give_back_cancelled")
def give_back_cancelled(order_id: int, **kwargs: Any) -> None:
    """Owe what was paid for it in the cancellation's own transaction: nobody has to remember."""
    operations.give_back_cancelled(order_id=order_id, now=timezone.now())


@receiver(signals.withdrawal_accepted, dispatch_uid="payments.give_back_withdrawn")
def give_back_withdrawn(
    order_id: int, withdrawal_id: int, quantities: Mapping[int, int], delivery: bool, by: Any, **kwargs: Any
) -> None:
    operations.ask_refund(
        order_id=order_id,
        quantities=quantities,
        delivery=delivery,
        reason=Refund.Reason.WITHDRAWN,
        now=timezone.now(),
        by=by,
        note=f"{withdrawal_id}",
    )
