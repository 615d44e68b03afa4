"""What the cooperative is owed and what it was paid, in three lines and then line by line."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fulfilment.payouts import queries

from .. import access
from ..access import Desk

PER_PAGE = 20


@access.portal_page()
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what is owed now and the payouts made."""
    context = {
        "statement": queries.owed_statement(desk.cooperative, timezone.now()),
        "page_obj": Paginator(queries.payouts_of(desk.cooperative), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "portal/money.html", context)


@access.portal_page()
def payout(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Show one payout with its lines."""
    found = queries.payout_of(desk.cooperative, reference)
    if found is None:
        raise Http404
    return render(request, "portal/payout.html", {"payout": found, "statement": queries.statement(found)})
