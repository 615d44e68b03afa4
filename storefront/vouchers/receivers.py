"""What vouchers do when an order comes to nothing."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.orders import signals

from . import operations


@receiver([signals.order_cancelled, signals.order_expired], dispatch_uid="vouchers.give_back")
def give_back(order_id: int, **kwargs: Any) -> None:
    operations.release_use(order_id=order_id, now=timezone.now())


@receiver(signals.order_reopened, dispatch_uid="vouchers.take_again")
def take_again(order_id: int, **kwargs: Any) -> None:
    operations.take_use_again(order_id=order_id)
