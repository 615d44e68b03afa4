"""An order's papers: the receipt to print, and the invoice."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.invoices.models import Paper
from fulfilment.invoices.queries import invoice_of, paper_of_order
from fulfilment.shipping.queries import METHOD_NAMES

from .access import order_or_404, remember_key
from .doors import refused_of
from .money import money_of


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
        return remember_key(request, as_pdf(paper), number)
    if invoice_of(order.pk) is None:
        raise Http404
    messages.info(request, _("The invoice is being made. Look again in a minute."))
    return remember_key(request, redirect("orders:detail", number), number)


def as_pdf(paper: Paper) -> HttpResponse:
    """Answer with an invoice's PDF under its number."""
    name = f'inline; filename="{paper.invoice.number}.pdf"'
    return HttpResponse(bytes(paper.pdf), content_type="application/pdf", headers={"Content-Disposition": name})
