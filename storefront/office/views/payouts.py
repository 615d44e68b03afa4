"""What cooperatives are owed, payout runs, and the statements that follow from them."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.cooperatives.models import Partner
from catalogue.kernel import text
from catalogue.kernel.money import ZERO
from fulfilment.payouts import queries as figures
from fulfilment.payouts import runs as payout_runs
from fulfilment.payouts.endings import endings
from fulfilment.payouts.models import Payout, PayoutRun, StatementPaper
from storefront.office import access, queries
from storefront.office.forms import GroundsForm
from storefront.office.payout_forms import NotCarriedOutForm, ProofForm, ReturnForm
from storefront.orders.pdf import statement_paper, statement_workbook

PER_PAGE = 30


@access.office_page(access.VIEW_PAYOUTS)
def payouts(request: HttpRequest) -> HttpResponse:
    """Show the runs, what is owed to each cooperative, and payouts."""
    run = None
    if reference := text.strip_controls(request.GET.get("run", "")):
        run = get_object_or_404(PayoutRun, reference=reference)
    page = Paginator(queries.payouts(run), PER_PAGE).get_page(request.GET.get("page"))
    owing = figures.owed_sums(timezone.now())
    owed_page = Paginator(owing, PER_PAGE).get_page(request.GET.get("owed"))
    context = {
        "owing": figures.with_cooperatives(list(owed_page)),
        "owed_page": owed_page,
        "owed_mad": sum((owed.owed_mad for _cooperative, owed in owing), ZERO),
        "to_pay_mad": sum((owed.due_mad for _cooperative, owed in owing if owed.due_mad > 0), ZERO),
        "runs": payout_runs.runs()[:12],
        "cycles": PayoutRun.Cycle,
        "run": run,
        "page_obj": page,
    }
    return render(request, "office/payouts.html", context)


@access.office_page(access.VIEW_PAYOUTS)
def owed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the lines that a cooperative has not been paid yet."""
    cooperative = get_object_or_404(Partner, slug=slug)
    context = {"cooperative": cooperative, "statement": figures.owed_statement(cooperative, timezone.now())}
    return render(request, "office/statement.html", context)


@access.office_page(access.VIEW_PAYOUTS)
def payout(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a payout with its lines."""
    found = _found(reference)
    context = {
        "payout": found,
        "cooperative": found.cooperative,
        "statement": figures.statement(found),
        "forms": {"settle": ProofForm(), "return": ReturnForm(), "not_carried_out": NotCarriedOutForm()},
        "endings": endings().filter(payouts=found) if found.is_transfer else (),
        "answer_form": GroundsForm(),
        "papers": StatementPaper.Language if found.state in Payout.SENT else (),
    }
    return render(request, "office/statement.html", context)


@never_cache
@require_safe
@access.office_page(access.VIEW_PAYOUTS)
def paper(request: HttpRequest, reference: str, language: str) -> HttpResponse:
    """Serve a payout's statement to print, as its cooperative has it."""
    return statement_paper(_found(reference), language)


@never_cache
@require_safe
@access.office_page(access.VIEW_PAYOUTS)
def workbook(request: HttpRequest, reference: str) -> HttpResponse:
    """Serve the same as a workbook."""
    return statement_workbook(_found(reference), request.LANGUAGE_CODE)


def _found(reference: str) -> Payout:
    found = queries.payouts().filter(reference=reference).first()
    if found is None:
        raise Http404
    return found
