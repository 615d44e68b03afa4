"""What payouts do when parcels arrive, cash comes in, buyers' banks dispute a payment, and when one of them ends."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals as orders
from fulfilment.payments import signals as payments
from fulfilment.warehouse import signals as warehouse

from . import operations, signals
from .tasks import RECORD_EARNINGS, STATEMENT


@receiver(warehouse.consignment_delivered, dispatch_uid="payouts.record_earnings")
def record_earnings(consignment_id: int, order_id: int | None = None, **kwargs: Any) -> None:
    """Have the earnings written once the delivery commits."""
    enqueue(
        task=RECORD_EARNINGS,
        key=f"earnings:{consignment_id}",
        payload={"consignment_id": consignment_id, "order_id": order_id},
        now=timezone.now(),
    )


@receiver(warehouse.consignment_lost, dispatch_uid="payouts.bear_loss")
def bear_loss(consignment_id: int, **kwargs: Any) -> None:
    """Owe its cooperatives what they would have earned, in the transaction that calls it lost."""
    operations.bear_loss(consignment_id=consignment_id, now=timezone.now())


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


@receiver(signals.payout_settled, dispatch_uid="payouts.statement_settled")
def statement_settled(payout_id: int, **kwargs: Any) -> None:
    _have_statement_made(payout_id, "settled")


@receiver(signals.payout_returned, dispatch_uid="payouts.statement_returned")
def statement_returned(payout_id: int, **kwargs: Any) -> None:
    _have_statement_made(payout_id, "returned")


def _have_statement_made(payout_id: int, ended: str) -> None:
    key, payload = f"statement:{payout_id}:{ended}", {"payout_id": payout_id}
    enqueue(task=STATEMENT, key=key, payload=payload, now=timezone.now())
