"""Advances: what is asked for, with its age and the limit, and what is not paid back; asking on behalf of others."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives.models import Partner
from fulfilment.payouts import advances as figures
from fulfilment.payouts import operations
from fulfilment.payouts.models import Advance
from storefront.banking.advance_forms import AdvanceForm
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE, UNPROCESSABLE = 30, 422


@access.office_page(access.VIEW_ADVANCES)
def advances(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the longest waiting first, and what is not paid back yet."""
    now = timezone.now()
    asked = list(figures.asked()[:PER_PAGE])
    standings = figures.standings((advance.cooperative_id for advance in asked), now)
    context = {
        "asked": [(advance, standings[advance.cooperative_id]) for advance in asked],
        "page_obj": Paginator(figures.running(), PER_PAGE).get_page(request.GET.get("page")),
        "now": now,
        "form": GroundsForm(),
    }
    return render(request, "office/advances/list.html", context)


@access.office_page(access.VIEW_ADVANCES, access.ASK_ADVANCES)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an advance on a cooperative's behalf, with what it may have; another person decides."""
    cooperative = get_object_or_404(Partner, slug=slug)
    form, status = AdvanceForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _ask(request, cooperative, form):
            return redirect("office:advances")
    context = {
        "cooperative": cooperative,
        "form": form,
        "standing": figures.standing(cooperative.pk, timezone.now()),
        "page_obj": Paginator(figures.of_cooperative(cooperative.pk), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "office/advances/ask.html", context, status=status)


def _ask(request: HttpRequest, cooperative: Partner, form: AdvanceForm) -> bool:
    details = form.cleaned_data | {"by": access.person(request), "now": timezone.now()}
    try:
        operations.ask_advance(cooperative_id=cooperative.pk, **details)
    except operations.AdvanceRefused as refusal:
        form.add_error("amount_mad", str(refusal))
        return False
    messages.success(request, _("Asked for: another person decides on it."))
    return True


STEPS: dict[str, tuple[str, Callable[..., Advance]]] = {
    "approve": (access.APPROVE_ADVANCES, operations.approve_advance),
    "refuse": (access.APPROVE_ADVANCES, operations.refuse_advance),
    "withdraw": (access.ASK_ADVANCES, operations.withdraw_advance),
}


@require_POST
@access.office_page(access.VIEW_ADVANCES)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Approve, refuse with a reason, or withdraw."""
    if name not in STEPS:
        raise Http404
    found = get_object_or_404(Advance, pk=pk)
    right, operation = STEPS[name]
    access.require(request, right)
    details: dict[str, Any] = {"by": access.person(request), "now": timezone.now()}
    if name == "refuse":
        details["reason"] = request.POST.get("note", "")
    try:
        operation(advance_id=found.pk, **details)
    except operations.AdvanceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("office:advances")
