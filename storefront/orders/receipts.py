"""An order's papers: the receipt to print, the invoice, and what credits it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.invoices.crediting.queries import note_of, paper_of_note
from fulfilment.invoices.queries import invoice_of, paper_of_order
from fulfilment.shipping.queries import METHOD_NAMES

from .access import order_or_404, remember_key
from .doors import refused_of
from .money import money_of, paid_of
from .pdf import as_pdf


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was bought, what it cost and where the money goes, on one sheet."""
    order = order_or_404(request, number)
    lines = list(order.lines.all())
    refused = refused_of(order, lines)
    context = {
        "order": order,
        "lines": lines,
        "refused": refused,
        "money": money_of(order, refused.kept if refused else lines),
        "paid_lines": paid_of(order, refused.kept if refused else lines),
        "method": METHOD_NAMES.get(order.shipping_code, order.shipping_method),
    }
    return remember_key(request, render(request, "shop/receipt.html", context), number)


@never_cache
@require_safe
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """Serve an order's invoice to whoever may see the order; say so while it is still being made."""
    order = order_or_404(request, number)
    paper = paper_of_order(order.pk)
    if paper is not None:
        return remember_key(request, as_pdf(paper.pdf, paper.invoice.number), number)
    if invoice_of(order.pk) is None:
        raise Http404
    messages.info(request, _("The invoice is being made. Look again in a minute."))
    return remember_key(request, redirect("orders:detail", number), number)


@never_cache
@require_safe
def credit_note(request: HttpRequest, number: str, note: str) -> HttpResponse:
    """Serve a credit note of an order's invoice to whoever may see the order; say so while it is still being made."""
    order = order_or_404(request, number)
    found = note_of(order.pk, note)
    if found is None:
        raise Http404
    paper = paper_of_note(found)
    if paper is not None:
        return remember_key(request, as_pdf(paper.pdf, found.number), number)
    messages.info(request, _("The credit note is being made. Look again in a minute."))
    return remember_key(request, redirect("orders:detail", number), number)
