"""Jobs about what cooperatives earn."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations

RECORD_EARNINGS = "fulfilment.payouts.record_earnings"


@job(RECORD_EARNINGS, queue="money", in_transaction=True)
def record_earnings(*, consignment_id: int, order_id: int | None = None) -> None:
    operations.record_earnings(consignment_id=consignment_id, now=timezone.now())
