"""Pages of disputes: what is due first, one with all that speaks for the shop, its one answer, who bears a loss."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fulfilment.ledger import queries as ledger
from fulfilment.payments import operations
from fulfilment.payments.disputing.booking import is_chargeable
from fulfilment.payments.disputing.queries import disputes as all_disputes
from fulfilment.payments.models import Dispute
from storefront.office import access

from . import queries
from .evidence import bundle_of, draft_for, evidence_of, text_of
from .forms import AnswerForm, ChargeBackForm

PER_PAGE = 30
UNPROCESSABLE = 422


@access.office_page(access.VIEW_DISPUTES)
def disputes(request: HttpRequest) -> HttpResponse:
    """List disputes: first those to answer, by due date."""
    found, now = all_disputes(), timezone.now()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.overdue, row.pressing = row.is_overdue(now), row.presses(now)
    return render(request, "office/disputes/list.html", {"page_obj": page, "at_stake": queries.at_stake(found)})


@access.office_page(access.VIEW_DISPUTES)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one dispute; keep its explanation, or send the one answer."""
    found = _found(pk)
    if request.method == "POST":
        access.require(request, access.ANSWER_DISPUTES)
        form = AnswerForm(request.POST, sends=request.POST.get("do") == "send")
        if form.is_valid():
            return _keep_or_send(request, found, form)
        return _page(request, found, form)
    return _page(request, found, None)


def _keep_or_send(request: HttpRequest, found: Dispute, form: AnswerForm) -> HttpResponseRedirect:
    words, now = form.cleaned_data["explanation"], timezone.now()
    try:
        if form.sends:
            operations.answer_dispute(
                dispute_id=found.pk,
                explanation=words,
                evidence=evidence_of(found, words),
                now=now,
                by=access.person(request),
            )
            messages.success(request, _("The answer is on its way to the bank."))
        else:
            operations.keep_explanation(dispute_id=found.pk, explanation=words, now=now)
            messages.success(request, _("Kept. Nothing was sent yet."))
    except operations.AlreadyAnswered:
        messages.warning(
            request, _("This dispute was answered already: the bank takes one answer. Yours was not sent.")
        )
    except operations.NotToAnswer:
        messages.warning(request, _("The bank waits for no answer to this dispute any more. Nothing was sent."))
    return redirect("office:dispute", found.pk)


@require_safe
@access.office_page(access.VIEW_DISPUTES, access.ANSWER_DISPUTES)
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what speaks for the shop as a zip."""
    found = _found(pk)
    response = HttpResponse(bundle_of(found, found.explanation or draft_for(found)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="dispute-{found.attempt.order.number}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@access.office_page(access.VIEW_DISPUTES, access.CHARGE_BACK_DISPUTES)
def charge_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the cooperatives bear a lost dispute."""
    found, form = _found(pk), ChargeBackForm(request.POST)
    if not form.is_valid():
        return _page(request, found, None, form)
    try:
        operations.charge_back(
            dispute_id=pk, reason=form.cleaned_data["reason"], now=timezone.now(), by=access.person(request)
        )
    except operations.AlreadyCharged:
        messages.info(request, _("The cooperatives were charged before; nothing was booked twice."))
    except (operations.NotLost, operations.NothingToCharge):
        messages.warning(request, _("There is nothing to charge to cooperatives here. Nothing was booked."))
    else:
        messages.success(request, _("The cooperatives bear it: their share is booked."))
    return redirect("office:dispute", pk)


def _found(pk: int) -> Dispute:
    found = queries.dispute(pk)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Dispute, form: AnswerForm | None, charge_form: ChargeBackForm | None = None
) -> HttpResponse:
    answers, now = list(found.answers.all()), timezone.now()
    waits = found.needs_answer and not found.is_answered()
    words = found.explanation or draft_for(found)
    context = {
        "dispute": found,
        "order": found.attempt.order,
        "overdue": found.is_overdue(now),
        "pressing": found.presses(now),
        "answers": answers,
        "form": (form or AnswerForm(initial={"explanation": words})) if waits else None,
        "charge_form": (charge_form or ChargeBackForm()) if is_chargeable(found) else None,
        "text": text_of(found, words),
        "steps": [one for one in found.attempt.order.events.all() if one.kind.startswith("dispute")],
    }
    if request.user.has_perm(access.VIEW_LEDGER):
        entries = ledger.of_order(found.attempt.order.number)
        context["entries"] = [one for one in entries if found.provider_id in one.memo]
    wrong = (form and form.errors) or (charge_form and charge_form.errors)
    return render(request, "office/disputes/dispute.html", context, status=UNPROCESSABLE if wrong else 200)
