"""A cooperative's advances: what it may ask for, what it asked for, and what is left to pay back; its owner's alone."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fulfilment.payouts import advances as figures
from fulfilment.payouts import operations
from fulfilment.payouts.models import Advance
from storefront.banking.advance_forms import AdvanceForm

from .. import access
from ..access import Desk

PER_PAGE, UNPROCESSABLE = 20, 422


@access.portal_page(owner_only=True)
def advances(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what may be asked for and what is left, and take a request."""
    form, status = AdvanceForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _ask(request, desk, form):
            return redirect("portal:advances", desk.cooperative.slug)
    found = figures.of_cooperative(desk.cooperative.pk)
    context = {
        "form": form,
        "standing": figures.standing(desk.cooperative.pk, timezone.now()),
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "portal/advances.html", context, status=status)


def _ask(request: HttpRequest, desk: Desk, form: AdvanceForm) -> bool:
    details: dict[str, Any] = form.cleaned_data | {"by": request.user, "now": timezone.now()}
    try:
        operations.ask_advance(cooperative_id=desk.cooperative.pk, **details)
    except operations.AdvanceRefused as refusal:
        form.add_error("amount_mad", str(refusal))
        return False
    messages.success(request, _("Sent to the office: somebody there decides on it."))
    return True


@require_POST
@access.portal_page(owner_only=True)
def withdraw(request: HttpRequest, desk: Desk, pk: int) -> HttpResponseRedirect:
    """Take a request back."""
    if not Advance.objects.filter(pk=pk, cooperative=desk.cooperative).exists():
        raise Http404
    try:
        operations.withdraw_advance(advance_id=pk, by=request.user, now=timezone.now())
    except operations.AdvanceRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:advances", desk.cooperative.slug)
