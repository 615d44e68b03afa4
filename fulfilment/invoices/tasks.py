"""Jobs of invoices."""

from contextlib import suppress

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations
from .crediting import operations as crediting

INVOICE = "fulfilment.invoices.invoice"
CREDIT = "fulfilment.invoices.credit"
UNCREDIT = "fulfilment.invoices.uncredit"


@job(INVOICE)
def invoice(*, order_id: int) -> None:
    """Number an order's invoice, make its paper, and credit what was given back of the order before."""
    now = timezone.now()
    issued = operations.issue(order_id=order_id, now=now)
    operations.make_paper(invoice_id=issued.pk, now=now)
    crediting.credit_missing(order_id=order_id, now=now)


@job(CREDIT)
def credit(*, refund_id: int) -> None:
    """Number a refund's credit note, then make its paper; one that failed meanwhile has none."""
    now = timezone.now()
    with suppress(crediting.NothingToCredit):
        note = crediting.credit(refund_id=refund_id, now=now)
        crediting.make_paper(note_id=note.pk, now=now)


@job(UNCREDIT)
def uncredit(*, refund_id: int) -> None:
    """Take a credit note back whose refund failed, then make the paper that says so."""
    now = timezone.now()
    with suppress(crediting.NothingToCredit):
        note = crediting.cancel(refund_id=refund_id, now=now)
        crediting.make_paper(note_id=note.pk, now=now)


@job("fulfilment.invoices.credit_missing", queue="bulk")
def credit_missing() -> None:
    """Credit what no job did: refunds of before there were credit notes, and what was lost on the way."""
    crediting.credit_missing(now=timezone.now())
