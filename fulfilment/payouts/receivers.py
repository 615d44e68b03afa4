"""What payouts do when parcels arrive, cash comes in, and buyers' banks dispute a payment."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals as orders
from fulfilment.payments import signals as payments
from fulfilment.warehouse import signals as warehouse

from . import operations
from .tasks import RECORD_EARNINGS


@receiver(warehouse.consignment_delivered, dispatch_uid="payouts.record_earnings")
def record_earnings(consignment_id: int, order_id: int | None = None, **kwargs: Any) -> None:
    """Have the earnings written once the delivery commits."""
    enqueue(
        task=RECORD_EARNINGS,
        key=f"earnings:{consignment_id}",
        payload={"consignment_id": consignment_id, "order_id": order_id},
        now=timezone.now(),
    )


@receiver(orders.order_delivered, dispatch_uid="payouts.date_earnings")
def date_earnings(order_id: int, **kwargs: Any) -> None:
    """Date what earlier parcels earned, even where the last one was refused or lost."""
    operations.date_earnings(order_id=order_id)


@receiver(payments.cash_remitted, dispatch_uid="payouts.take_in_cash")
def take_in_cash(order_ids: Iterable[int], **kwargs: Any) -> None:
    operations.take_in_cash(order_ids=order_ids, now=timezone.now())


@receiver(payments.dispute_opened, dispatch_uid="payouts.freeze")
def freeze(order_id: int, dispute_id: int, **kwargs: Any) -> None:
    operations.freeze(order_id=order_id, dispute_id=dispute_id, now=timezone.now())


@receiver(payments.dispute_closed, dispatch_uid="payouts.lift")
def lift(dispute_id: int, **kwargs: Any) -> None:
    operations.lift(dispute_id=dispute_id, now=timezone.now())
