"""What payouts do when a parcel arrives."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.warehouse import signals

from .tasks import RECORD_EARNINGS


@receiver(signals.consignment_delivered, dispatch_uid="payouts.record_earnings")
def record_earnings(consignment_id: int, order_id: int | None = None, **kwargs: Any) -> None:
    """Have the earnings written once the delivery commits."""
    enqueue(
        task=RECORD_EARNINGS,
        key=f"earnings:{consignment_id}",
        payload={"consignment_id": consignment_id, "order_id": order_id},
        now=timezone.now(),
    )
