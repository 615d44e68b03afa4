"""Invoicing an order: the number and the content in one transaction, the paper after it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from catalogue.kernel.locks import lock_one
from fulfilment.documents.keeping import keep_once
from fulfilment.documents.numbering import next_number
from fulfilment.documents.rendering import render
from fulfilment.orders.confirming.queries import NOT_TAKEN
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.orders.queries import frozen_lines
from fulfilment.payments.models import CashCollected
from fulfilment.payments.queries import collections_of

from .content import content_of
from .issued import totals_of
from .layout import paper_of
from .models import Invoice, Paper, Series

UNDER_WAY = ("PREPARING", "SHIPPED")
NOT_SOLD = ("PENDING_PAYMENT", "PENDING_CONFIRMATION", "EXPIRED", "CANCELLED")


class NothingSold(Exception):
    """An order that was not paid or delivered is not invoiced, nor one in cash of which nothing was accepted."""

    def __init__(self, number: str, status: str) -> None:
        self.number = number
        super().__init__(f"order {number} is {status}: nothing to invoice")


@transaction.atomic
def issue(*, order_id: int, now: datetime) -> Invoice:
    """Invoice an order under the next number of the year; a second call gives the invoice that stands.

    Of what was paid at the door, only the parcels that were accepted. Locks the order, then the series until the
    transaction ends, so that no number is left out or given twice.
    Raises ``NothingSold`` or ``content.InvoiceDiffers``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    known = Invoice.objects.filter(order=order).first()
    if known:
        return known
    collected = collections_of(order.pk) if order.payment_method == CASH else []
    if order.status in _unsold(order, collected):
        raise NothingSold(order.number, order.status)
    lines = frozen_lines().select_related("consignment_line__consignment").filter(order=order)
    content = content_of(order, lines, collected=collected, now=now)
    return Invoice.objects.create(
        order=order,
        **next_number(Series, now=now),
        issued_at=now,
        language=order.language,
        currency=order.currency,
        **totals_of(content),
        content=content,
    )


def _unsold(order: Order, collected: Collection[CashCollected]) -> tuple[str, ...]:
    """Name the states in which there is nothing to invoice: what is accepted at doors is known after the last one."""
    if order.payment_method != CASH:
        return NOT_SOLD
    return (*NOT_SOLD, *NOT_TAKEN, *(UNDER_WAY if collected else ()))


def make_paper(*, invoice_id: int, now: datetime) -> Paper:
    """Make an invoice's PDF and keep it. A second call gives the one that was kept."""

    def draw() -> bytes:
        return render("invoice", paper_of(Invoice.objects.get(pk=invoice_id)))

    return keep_once(Paper, draw, now=now, invoice_id=invoice_id)
