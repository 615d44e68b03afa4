"""What offers do when an order comes to nothing."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.orders import signals

from . import operations


@receiver([signals.order_cancelled, signals.order_expired], dispatch_uid="offers.give_back")
def give_back(order_id: int, **kwargs: Any) -> None:
    operations.release_uses(order_id=order_id, now=timezone.now())


@receiver(signals.order_reopened, dispatch_uid="offers.take_again")
def take_again(order_id: int, **kwargs: Any) -> None:
    operations.take_uses_again(order_id=order_id)
