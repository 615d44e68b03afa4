"""Jobs of invoices."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations

INVOICE = "fulfilment.invoices.invoice"


@job(INVOICE)
def invoice(*, order_id: int) -> None:
    """Number an order's invoice, then make its paper."""
    now = timezone.now()
    issued = operations.issue(order_id=order_id, now=now)
    operations.make_paper(invoice_id=issued.pk, now=now)
