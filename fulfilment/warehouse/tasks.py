"""Jobs of the warehouse."""

from django.utils import timezone

from fulfilment.jobs.tasks import job
from fulfilment.payments import operations as payments

from . import operations

OPEN_CONSIGNMENTS = "fulfilment.warehouse.open_consignments"
REFUND_RETURNED = "fulfilment.warehouse.refund_returned"


@job(OPEN_CONSIGNMENTS, in_transaction=True)
def open_consignments(*, order_id: int) -> None:
    operations.open_consignments(order_id=order_id, now=timezone.now())


@job(REFUND_RETURNED, queue="money", in_transaction=True)
def refund_returned(*, order_id: int, quantities: dict[str, int], delivery: bool) -> None:
    """Owe what was paid for a parcel that came back, or have it wait while that is disputed."""
    pieces = {int(line): number for line, number in quantities.items()}
    payments.give_back_returned(order_id=order_id, quantities=pieces, delivery=delivery, now=timezone.now())
