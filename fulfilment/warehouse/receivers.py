"""What the warehouse does when orders speak."""

from collections.abc import Collection, Mapping
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalogue.lots.signals import pieces_withdrawn
from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals
from fulfilment.orders.allocating.models import Allocation
from fulfilment.payments.models import PaymentAttempt

from . import operations
from .signals import consignment_lost, consignment_returned
from .tasks import OPEN_CONSIGNMENTS, REFUND_LOST, REFUND_RETURNED, REPLACE_WITHDRAWN


@receiver([signals.order_confirmed, signals.order_paid], dispatch_uid="warehouse.open_consignments")
def open_consignments(order_id: int, **kwargs: Any) -> None:
    """Have the consignments opened once the order's transaction commits."""
    enqueue(task=OPEN_CONSIGNMENTS, key=f"consignments:{order_id}", payload={"order_id": order_id}, now=timezone.now())


@receiver(signals.order_cancelled, dispatch_uid="warehouse.cancel_for_order")
def cancel_consignments(order_id: int, **kwargs: Any) -> None:
    """Call off what was opened, in the cancellation's own transaction."""
    operations.cancel_for_order(order_id=order_id, now=timezone.now())


@receiver(consignment_returned, dispatch_uid="warehouse.refund_returned")
def refund_returned(**told: Any) -> None:
    """Have what was paid from afar for it given back, above the office's limit by a second person's word."""
    _refund(REFUND_RETURNED, "returned", **told)


@receiver(consignment_lost, dispatch_uid="warehouse.refund_lost")
def refund_lost(**told: Any) -> None:
    """Have it given back as for one that came back: the buyer has neither the goods nor the money."""
    _refund(REFUND_LOST, "lost", **told)


def _refund(
    task: str, name: str, *, consignment_id: int, order_id: int, quantities: Mapping[int, int], delivery: bool, **_: Any
) -> None:
    if not PaymentAttempt.objects.filter(order=order_id, state="SUCCEEDED").exclude(provider="cash").exists():
        return
    payload = {
        "order_id": order_id,
        "quantities": {str(line): pieces for line, pieces in quantities.items()},
        "delivery": delivery,
    }
    enqueue(task=task, key=f"{name}:{consignment_id}", payload=payload, now=timezone.now())


@receiver(pieces_withdrawn, dispatch_uid="warehouse.replace_withdrawn")
def replace_withdrawn(stock_ids: Collection[int], cause: str, **kwargs: Any) -> None:
    """Have each order that keeps such pieces get others: its row is locked before stock, so not now."""
    held = Allocation.objects.filter(stock__in=stock_ids, state=Allocation.State.HELD)
    for order_id in sorted(set(held.values_list("line__order_id", flat=True))):
        key = f"replace:{order_id}:{cause}"
        enqueue(task=REPLACE_WITHDRAWN, key=key, payload={"order_id": order_id}, now=timezone.now())
