"""Mandates: who of a union receives for others, what waits for a second person, and proposing on behalf of others."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.banking import mandates as figures
from catalogue.banking import operations, queries
from catalogue.banking.models import Mandate
from catalogue.cooperatives.models import Partner
from catalogue.kernel.periods import day_of
from storefront.banking.mandate_forms import MandateForm
from storefront.customer.fresh import redirect_if_stale
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE, UNPROCESSABLE = 30, 422


@access.office_page(access.VIEW_MANDATES)
def mandates(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the longest waiting first, and all others with the days they count for."""
    now = timezone.now()
    waiting = figures.mandates().filter(state=Mandate.State.PROPOSED).order_by("proposed_at", "pk")
    others = figures.mandates().exclude(state=Mandate.State.PROPOSED)
    page = Paginator(others, PER_PAGE).get_page(request.GET.get("page"))
    proposed = list(waiting[:PER_PAGE])
    standings = queries.standings((one.receiver_id for one in proposed), now)
    context = {
        "waiting": [(one, standings[one.receiver_id].usable) for one in proposed],
        "page_obj": page,
        "rows": [(one, one.counts_on(day_of(now), now), one.may_end(day_of(now))) for one in page],
        "now": now,
        "form": GroundsForm(),
    }
    return render(request, "office/mandates/list.html", context)


@access.office_page(access.VIEW_MANDATES, access.PROPOSE_MANDATES)
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a mandate on a member's behalf, by the paper it signed; another person decides."""
    member = get_object_or_404(Partner.objects.select_related("union"), slug=slug)
    if stale := redirect_if_stale(request, back=reverse("office:propose-mandate", args=[slug])):
        return stale
    form, status = MandateForm(member, request.POST or None, initial={"from_day": day_of(timezone.now())}), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _propose(request, member, form):
            return redirect("office:mandates")
    return render(request, "office/mandates/propose.html", {"cooperative": member, "form": form}, status=status)


def _propose(request: HttpRequest, member: Partner, form: MandateForm) -> bool:
    details = form.cleaned_data | {"by": access.person(request), "now": timezone.now()}
    try:
        operations.propose_mandate(cooperative_id=member.pk, **details)
    except operations.MandateRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Proposed: another person decides on it."))
    return True


STEPS: dict[str, tuple[str, Callable[..., Mandate]]] = {
    "approve": (access.APPROVE_MANDATES, operations.approve_mandate),
    "refuse": (access.APPROVE_MANDATES, operations.refuse_mandate),
    "withdraw": (access.PROPOSE_MANDATES, operations.withdraw_mandate),
    "end": (access.END_MANDATES, operations.end_mandate),
}


@require_POST
@access.office_page(access.VIEW_MANDATES)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Agree, refuse with a reason, withdraw or end; each after a sign-in of this moment."""
    if name not in STEPS:
        raise Http404
    found = get_object_or_404(Mandate, pk=pk)
    right, operation = STEPS[name]
    access.require(request, right)
    if stale := redirect_if_stale(request, back=reverse("office:mandates")):
        messages.info(request, _("Please sign in again, then press the button once more."))
        return stale
    details: dict[str, Any] = {"by": access.person(request), "now": timezone.now()}
    if name == "refuse":
        details["reason"] = request.POST.get("note", "")
    try:
        operation(mandate_id=found.pk, **details)
    except operations.MandateRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("office:mandates")
