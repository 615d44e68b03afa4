"""Orders: the list with its filters, and one order with all that happened to it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalogue.pricing.models import Side
from fulfilment.customs.queries import declarations_of
from fulfilment.invoices.crediting.queries import note_of, notes_of, paper_of_note
from fulfilment.invoices.queries import invoice_of, paper_of_order
from fulfilment.ledger import queries as ledger
from fulfilment.orders.confirming import queries as confirming
from fulfilment.orders.confirming.policies import cash_is_off
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import CASH, may_cancel
from fulfilment.payments.queries import collections_of
from fulfilment.warehouse.queries import with_sellers
from storefront.office import access, queries
from storefront.office.forms import OrderFilter
from storefront.orders.doors import refused_of
from storefront.orders.pdf import as_pdf

PER_PAGE = 30


@access.office_page(access.VIEW_ORDERS)
def orders(request: HttpRequest) -> HttpResponse:
    """List orders, newest first."""
    form = OrderFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.orders(wanted), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/orders.html", {"form": form, "page_obj": page})


@access.office_page(access.VIEW_ORDERS)
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: what, where to, money, parcels, messages, every step."""
    found = queries.order(number).first()
    if found is None:
        raise Http404
    parcels = with_sellers(found)
    goods = queries.goods(found)
    context = {"order": found, "parcels": parcels, "invoice": invoice_of(found.pk)} | goods
    context["credit_notes"] = notes_of(found.pk) if context["invoice"] else ()
    context["refundable"] = any(
        attempt.state == "SUCCEEDED" and not any(dispute.at_stake for dispute in attempt.disputes.all())
        for attempt in found.payment_attempts.all()
    )
    context["cancellable"] = may_cancel(found.status, (parcel.state for parcel in parcels))
    if found.payment_method == CASH:
        context |= _cash_of(found, goods["lines"])
    if found.side == Side.EXPORT and request.user.has_perm(access.VIEW_EXPORTS):
        context["declarations"] = declarations_of(found.pk)
    if request.user.has_perm(access.VIEW_LEDGER):
        context["ledger_entries"] = ledger.of_order(found.number)
    return render(request, "office/order.html", context)


def _cash_of(found: Order, lines: list[Line]) -> dict[str, Any]:
    """Say what was not taken at the door, what couriers took, and how earlier orders in cash of the number ended."""
    standing = confirming.standing_of(found.phone, timezone.now())
    return {
        "refused": refused_of(found, lines),
        "collections": collections_of(found.pk),
        "past_cash": confirming.past_of(found.phone).exclude(pk=found.pk)[:10],
        "cash_off": cash_is_off(standing, confirming.rules()),
        "cash_allowed": found.cash_allowed.select_related("by"),
    }


@access.office_page(access.VIEW_ORDERS)
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """Serve the paper of an order's invoice."""
    found = queries.order(number).first()
    paper = paper_of_order(found.pk) if found else None
    if paper is None:
        raise Http404
    return as_pdf(paper.pdf, paper.invoice.number)


@access.office_page(access.VIEW_ORDERS)
def credit_note(request: HttpRequest, number: str, note: str) -> HttpResponse:
    """Serve the paper of a credit note of an order's invoice."""
    order_id = Order.objects.filter(number=number).values_list("pk", flat=True).first()
    found = note_of(order_id, note) if order_id else None
    paper = paper_of_note(found) if found else None
    if paper is None:
        raise Http404
    return as_pdf(paper.pdf, note)
