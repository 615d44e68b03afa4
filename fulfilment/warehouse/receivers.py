"""What the warehouse does when orders speak."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals
from fulfilment.payments.models import PaymentAttempt

from . import operations
from .signals import consignment_returned
from .tasks import OPEN_CONSIGNMENTS, REFUND_RETURNED


@receiver([signals.order_confirmed, signals.order_paid], dispatch_uid="warehouse.open_consignments")
def open_consignments(order_id: int, **kwargs: Any) -> None:
    """Have the consignments opened once the order's transaction commits."""
    enqueue(task=OPEN_CONSIGNMENTS, key=f"consignments:{order_id}", payload={"order_id": order_id}, now=timezone.now())


@receiver(signals.order_cancelled, dispatch_uid="warehouse.cancel_for_order")
def cancel_consignments(order_id: int, **kwargs: Any) -> None:
    """Call off what was opened, in the cancellation's own transaction."""
    operations.cancel_for_order(order_id=order_id, now=timezone.now())


@receiver(consignment_returned, dispatch_uid="warehouse.refund_returned")
def refund_returned(
    consignment_id: int, order_id: int, quantities: Mapping[int, int], delivery: bool, **kwargs: Any
) -> None:
    """Have what was paid from afar for it given back, above the office's limit by a second person's word."""
    if not PaymentAttempt.objects.filter(order=order_id, state="SUCCEEDED").exclude(provider="cash").exists():
        return
    payload = {
        "order_id": order_id,
        "quantities": {str(line): pieces for line, pieces in quantities.items()},
        "delivery": delivery,
    }
    enqueue(task=REFUND_RETURNED, key=f"returned:{consignment_id}", payload=payload, now=timezone.now())
