"""What the warehouse does when orders speak."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals

from . import operations
from .tasks import OPEN_CONSIGNMENTS


@receiver([signals.order_confirmed, signals.order_paid], dispatch_uid="warehouse.open_consignments")
def open_consignments(order_id: int, **kwargs: Any) -> None:
    """Have the consignments opened once the order's transaction commits."""
    enqueue(task=OPEN_CONSIGNMENTS, key=f"consignments:{order_id}", payload={"order_id": order_id}, now=timezone.now())


@receiver(signals.order_cancelled, dispatch_uid="warehouse.cancel_for_order")
def cancel_consignments(order_id: int, **kwargs: Any) -> None:
    """Call off what was opened, in the cancellation's own transaction."""
    operations.cancel_for_order(order_id=order_id, now=timezone.now())
