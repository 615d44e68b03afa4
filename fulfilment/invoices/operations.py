"""Invoicing an order: the number and the content in one transaction, the paper after it."""

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import local
from fulfilment.documents.rendering import render
from fulfilment.orders.models import Order
from fulfilment.orders.queries import frozen_lines

from .content import content_of
from .layout import paper_of
from .models import Invoice, Paper, Series
from .policies import number_of

NOT_SOLD = ("PENDING_PAYMENT", "PENDING_CONFIRMATION", "EXPIRED", "CANCELLED")


class NothingSold(Exception):
    """An order that was not paid or delivered is not invoiced."""

    def __init__(self, number: str, status: str) -> None:
        self.number = number
        super().__init__(f"order {number} is {status}: nothing to invoice")


@transaction.atomic
def issue(*, order_id: int, now: datetime) -> Invoice:
    """Invoice an order under the next number of the year; a second call gives the invoice that stands.

    Locks the order, then the series until the transaction ends, so that no number is left out or given twice.
    Raises ``NothingSold`` or ``content.InvoiceDiffers``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    known = Invoice.objects.filter(order=order).first()
    if known:
        return known
    if order.status in NOT_SOLD:
        raise NothingSold(order.number, order.status)
    content = content_of(order, frozen_lines().filter(order=order), now=now)
    year = local(now).year
    sequence = _next_number(year)
    return Invoice.objects.create(
        order=order,
        year=year,
        sequence=sequence,
        number=number_of(year, sequence),
        issued_at=now,
        language=order.language,
        currency=order.currency,
        total_excl_tax=order.total_excl_tax,
        total_incl_tax=Decimal(content["incl"]),
        content=content,
    )


def _next_number(year: int) -> int:
    Series.objects.get_or_create(year=year)
    series = lock_one(Series.objects.filter(year=year))
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def make_paper(*, invoice_id: int, now: datetime) -> Paper:
    """Make an invoice's PDF and keep it. A second call gives the one that was kept."""
    kept = Paper.objects.filter(invoice_id=invoice_id).first()
    if kept:
        return kept
    pdf = render("invoice", paper_of(Invoice.objects.get(pk=invoice_id)))
    paper, _is_new = Paper.objects.get_or_create(
        invoice_id=invoice_id,
        defaults={"pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest(), "made_at": now},
    )
    return paper
