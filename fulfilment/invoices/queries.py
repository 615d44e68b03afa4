"""Reads of invoices."""

from .models import Invoice, Paper


def invoice_of(order_id: int) -> Invoice | None:
    """Return an order's invoice, if it has one (one query)."""
    return Invoice.objects.filter(order_id=order_id).defer("content").first()


def paper_of_order(order_id: int) -> Paper | None:
    """Return the paper of an order's invoice; nothing while it is being made."""
    return Paper.objects.filter(invoice__order_id=order_id).select_related("invoice").first()
