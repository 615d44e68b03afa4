"""What cooperatives are owed, payout runs, and the statements that follow from them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import Partner
from catalogue.kernel import text
from catalogue.kernel.money import ZERO
from fulfilment.payouts import operations
from fulfilment.payouts import queries as figures
from fulfilment.payouts.models import PayoutRun
from storefront.office import access, queries

PER_PAGE = 30


@access.office_page(access.VIEW_PAYOUTS)
def payouts(request: HttpRequest) -> HttpResponse:
    """Show what is owed to each cooperative, the runs, and their payouts."""
    run = None
    if reference := text.strip_controls(request.GET.get("run", "")):
        run = get_object_or_404(PayoutRun, reference=reference)
    page = Paginator(queries.payouts(run), PER_PAGE).get_page(request.GET.get("page"))
    owing = figures.owed_by_cooperative(timezone.now())
    context = {
        "owing": owing,
        "owed_mad": sum((owed.owed_mad for _cooperative, owed in owing), ZERO),
        "to_pay_mad": sum((owed.due_mad for _cooperative, owed in owing if owed.due_mad > 0), ZERO),
        "runs": figures.runs().select_related("run_by")[:12],
        "run": run,
        "page_obj": page,
    }
    return render(request, "office/payouts.html", context)


@require_POST
@access.office_page(access.VIEW_PAYOUTS, access.RUN_PAYOUTS)
def run(request: HttpRequest) -> HttpResponseRedirect:
    """Pay everything that is payable now, once; a second press finds nothing left."""
    try:
        made = operations.run_payouts(now=timezone.now(), run_by=request.user)
    except (operations.RunInProgress, operations.PaidMeanwhile):
        messages.warning(request, _("Another run is being made at this moment; nothing was paid by this one."))
    else:
        if made is None:
            messages.info(request, _("Nothing is to be paid now."))
        else:
            messages.success(request, _("Run %(run)s is made.") % {"run": made.reference})
    return redirect("office:payouts")


@access.office_page(access.VIEW_PAYOUTS)
def owed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the lines that a cooperative has not been paid yet."""
    cooperative = get_object_or_404(Partner, slug=slug)
    context = {"cooperative": cooperative, "statement": figures.owed_statement(cooperative, timezone.now())}
    return render(request, "office/statement.html", context)


@access.office_page(access.VIEW_PAYOUTS)
def payout(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a payout with its lines."""
    found = queries.payouts().filter(reference=reference).first()
    if found is None:
        raise Http404
    context = {
        "payout": found,
        "cooperative": found.cooperative,
        "statement": figures.statement(found),
    }
    return render(request, "office/statement.html", context)
