"""Crediting what is given back of an invoice, and taking that back should the money not arrive.

Every operation locks the order, then the series: refunds change under the order's lock too.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock_one
from fulfilment.documents.keeping import keep_once
from fulfilment.documents.numbering import next_number
from fulfilment.documents.rendering import render
from fulfilment.invoices.issued import totals_of
from fulfilment.invoices.models import Invoice
from fulfilment.orders.models import Order
from fulfilment.payments.models import Refund

from . import content, queries
from .layout import paper_of
from .models import CreditNote, CreditPaper, CreditSeries


class NothingToCredit(Exception):
    """No money of an invoiced sale goes back by this refund; or, cancelling, no credit note stands that should not."""


@transaction.atomic
def credit(*, refund_id: int, now: datetime) -> CreditNote:
    """Credit a refund under the next number of the year; a second call gives the note that stands.

    Raises ``NothingToCredit`` or ``content.CreditDiffers``.
    """
    refund = _locked(refund_id)
    known = CreditNote.objects.filter(refund=refund, cancels=None).first()
    if known:
        return known
    invoice = Invoice.objects.filter(order_id=refund.attempt.order_id).first()
    if invoice is None or refund.of_held_money or refund.state not in queries.CREDITED:
        raise NothingToCredit(refund_id)
    return _issue(refund, invoice, content.content_of(refund, invoice, now=now), now=now)


@transaction.atomic
def cancel(*, refund_id: int, now: datetime) -> CreditNote:
    """Take the credit note of a refund that failed back by another; a second call gives that one.

    Raises ``NothingToCredit``.
    """
    refund = _locked(refund_id)
    note = CreditNote.objects.select_related("invoice").filter(refund=refund, cancels=None).first()
    if note is None or refund.state not in Refund.NULL_STATES:
        raise NothingToCredit(refund_id)
    known = CreditNote.objects.filter(cancels=note).first()
    if known:
        return known
    said = content.cancelled(note.content, note.number, now=now)
    return _issue(refund, note.invoice, said, now=now, cancels=note)


def credit_missing(*, order_id: int | None = None, now: datetime) -> int:
    """Write the notes that refunds of an order, or of all, lack, with their papers; return how many."""
    made = 0
    for step, found in ((credit, queries.to_credit()), (cancel, queries.to_cancel())):
        found = found if order_id is None else found.filter(attempt__order=order_id)
        for refund_id in list(found.values_list("pk", flat=True)):
            with suppress(NothingToCredit):  # another worker was faster, or the refund failed meanwhile
                make_paper(note_id=step(refund_id=refund_id, now=now).pk, now=now)
                made += 1
    return made


def make_paper(*, note_id: int, now: datetime) -> CreditPaper:
    """Make a credit note's PDF and keep it. A second call gives the one that was kept."""

    def draw() -> bytes:
        return render("invoice", paper_of(CreditNote.objects.get(pk=note_id)))

    return keep_once(CreditPaper, draw, now=now, note_id=note_id)


def _locked(refund_id: int) -> Refund:
    order_id = Refund.objects.values_list("attempt__order", flat=True).get(pk=refund_id)
    lock_one(Order.objects.filter(pk=order_id))
    return Refund.objects.select_related("attempt__order").get(pk=refund_id)


def _issue(
    refund: Refund, invoice: Invoice, said: content.Content, *, now: datetime, cancels: Any = None
) -> CreditNote:
    return CreditNote.objects.create(
        invoice=invoice,
        refund=refund,
        cancels=cancels,
        **next_number(CreditSeries, now=now),
        issued_at=now,
        language=invoice.language,
        currency=invoice.currency,
        **totals_of(said),
        content=said,
    )
