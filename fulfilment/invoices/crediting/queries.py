"""Reads of credit notes."""

from django.db.models import Exists, OuterRef, QuerySet

from fulfilment.invoices.models import Invoice
from fulfilment.payments.models import Refund

from .models import CreditNote, CreditPaper

CREDITED = (*Refund.OPEN_STATES, Refund.State.SUCCEEDED)
"""States of a refund in which money goes back, or went."""


def notes_of(order_id: int) -> list[CreditNote]:
    """Return the credit notes of an order's invoice, the first one first (one query)."""
    return list(CreditNote.objects.filter(invoice__order_id=order_id).defer("content"))


def note_of(order_id: int, number: str) -> CreditNote | None:
    """Return one credit note, only if it is of this order's invoice."""
    return CreditNote.objects.filter(invoice__order_id=order_id, number=number).defer("content").first()


def paper_of_note(note: CreditNote) -> CreditPaper | None:
    """Return a credit note's paper; nothing while it is being made."""
    return CreditPaper.objects.filter(note=note).select_related("note").first()


def to_credit() -> QuerySet[Refund]:
    """Return refunds of invoiced orders that no credit note speaks of yet. Money that was never a sale has none."""
    noted = CreditNote.objects.filter(refund=OuterRef("pk"))
    invoiced = Invoice.objects.filter(order=OuterRef("attempt__order"))
    found = Refund.objects.filter(Exists(invoiced), ~Exists(noted), state__in=CREDITED)
    return found.exclude(reason=Refund.Reason.PAID_TOO_LATE).order_by("pk")


def to_cancel() -> QuerySet[Refund]:
    """Return refunds that failed and whose credit note still stands."""
    standing = CreditNote.objects.filter(refund=OuterRef("pk"), cancels=None, cancelled_by=None)
    return Refund.objects.filter(Exists(standing), state__in=Refund.NULL_STATES).order_by("pk")
