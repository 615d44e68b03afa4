"""What invoices do when something was sold, paid from afar or at the door, and when money of it goes back."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals
from fulfilment.payments.signals import refund_failed, refund_owed

from .models import CreditNote, Invoice
from .tasks import CREDIT, INVOICE, UNCREDIT


@receiver([signals.order_paid, signals.order_delivered], dispatch_uid="invoices.invoice")
def invoice(order_id: int, **kwargs: Any) -> None:
    """Have the order invoiced once it commits; the second of both finds the key taken."""
    enqueue(task=INVOICE, key=f"invoice:{order_id}", payload={"order_id": order_id}, now=timezone.now())


@receiver(refund_owed, dispatch_uid="invoices.credit")
def credit(order_id: int, refund_id: int, **kwargs: Any) -> None:
    """Have it credited; of an order that is invoiced later, the invoice's own job does it."""
    if Invoice.objects.filter(order_id=order_id).exists():
        enqueue(task=CREDIT, key=f"credit:{refund_id}", payload={"refund_id": refund_id}, now=timezone.now())


@receiver(refund_failed, dispatch_uid="invoices.uncredit")
def uncredit(refund_id: int, **kwargs: Any) -> None:
    """Have its credit note taken back; where the job that writes one still waits, it finds that the refund failed."""
    if CreditNote.objects.filter(refund_id=refund_id).exists():
        enqueue(task=UNCREDIT, key=f"uncredit:{refund_id}", payload={"refund_id": refund_id}, now=timezone.now())
