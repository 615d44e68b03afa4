"""What invoices do when something was sold: paid from afar, or paid at the door."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals

from .tasks import INVOICE


@receiver([signals.order_paid, signals.order_delivered], dispatch_uid="invoices.invoice")
def invoice(order_id: int, **kwargs: Any) -> None:
    """Have the order invoiced once it commits; the second of both finds the key taken."""
    enqueue(task=INVOICE, key=f"invoice:{order_id}", payload={"order_id": order_id}, now=timezone.now())
