"""Jobs of the warehouse."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations

OPEN_CONSIGNMENTS = "fulfilment.warehouse.open_consignments"


@job(OPEN_CONSIGNMENTS, in_transaction=True)
def open_consignments(*, order_id: int) -> None:
    operations.open_consignments(order_id=order_id, now=timezone.now())
