"""What the cooperative is owed and what it was paid, in three lines and then line by line."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.payouts import queries
from fulfilment.payouts.models import Payout, StatementPaper
from fulfilment.questions import queries as asking
from storefront.orders.pdf import statement_paper, statement_workbook

from .. import access
from ..access import Desk

PER_PAGE, QUESTIONS = 20, 10


@access.portal_page()
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what is owed now, the payouts made, and what was asked about their lines."""
    questions = list(asking.of_cooperative(desk.cooperative)[:QUESTIONS])
    titles = asking.titles_of(questions)
    context = {
        "statement": queries.owed_statement(desk.cooperative, timezone.now()),
        "page_obj": Paginator(queries.payouts_of(desk.cooperative), PER_PAGE).get_page(request.GET.get("page")),
        "questions": [(question, titles.get(question.pk, "")) for question in questions],
    }
    return render(request, "portal/money.html", context)


@access.portal_page()
def payout(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Show one payout with its lines."""
    found = _found(desk, reference)
    context = {"payout": found, "statement": queries.statement(found), "papers": StatementPaper.Language}
    return render(request, "portal/payout.html", context)


@never_cache
@require_safe
@access.portal_page()
def paper(request: HttpRequest, desk: Desk, reference: str, language: str) -> HttpResponse:
    """Serve the statement of one of the cooperative's own payouts to print."""
    return statement_paper(_found(desk, reference), language)


@never_cache
@require_safe
@access.portal_page()
def workbook(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Serve the same as a workbook."""
    return statement_workbook(_found(desk, reference), request.LANGUAGE_CODE)


def _found(desk: Desk, reference: str) -> Payout:
    found = queries.payout_of(desk.cooperative, reference)
    if found is None:
        raise Http404
    return found
