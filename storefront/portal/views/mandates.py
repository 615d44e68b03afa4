"""Who receives a cooperative's money for it, by its owner; and what a member that receives for others was sent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.banking import mandates as figures
from catalogue.banking import operations
from catalogue.banking.models import Mandate
from catalogue.kernel.periods import day_of
from fulfilment.payouts import queries
from storefront.banking.mandate_forms import MandateForm
from storefront.customer.fresh import redirect_if_stale

from .. import access
from ..access import Desk

PER_PAGE, UNPROCESSABLE = 20, 422


@access.portal_page(owner_only=True)
def receiver(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show who receives and until when, and let the owner name a fellow member, after a sign-in of this moment."""
    now, own = timezone.now(), desk.cooperative
    if stale := redirect_if_stale(request, back=reverse("portal:receiver", args=[own.slug])):
        return stale
    form, status = MandateForm(own, request.POST or None, initial={"from_day": day_of(now)}), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _propose(request, desk, form):
            return redirect("portal:receiver", own.slug)
    found = figures.mandates().filter(cooperative=own)
    context = {
        "form": form,
        "has_fellows": figures.fellows(own).exists(),
        "rows": [(one, one.counts_on(day_of(now), now), one.may_end(day_of(now))) for one in found[:PER_PAGE]],
    }
    return render(request, "portal/receiver.html", context, status=status)


def _propose(request: HttpRequest, desk: Desk, form: MandateForm) -> bool:
    details: dict[str, Any] = form.cleaned_data | {"by": request.user, "now": timezone.now()}
    try:
        operations.propose_mandate(cooperative_id=desk.cooperative.pk, **details)
    except operations.MandateRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Sent to the office: another person there has to agree."))
    return True


STEPS: dict[str, Callable[..., Mandate]] = {
    "withdraw": operations.withdraw_mandate,
    "end": operations.end_mandate,
}


@require_POST
@access.portal_page(owner_only=True)
def step(request: HttpRequest, desk: Desk, pk: int, name: str) -> HttpResponseRedirect:
    """Withdraw what was proposed, or end what counts: from today on the cooperative is paid itself again."""
    if name not in STEPS or not Mandate.objects.filter(pk=pk, cooperative=desk.cooperative).exists():
        raise Http404
    back = reverse("portal:receiver", args=[desk.cooperative.slug])
    if stale := redirect_if_stale(request, back=back):
        messages.info(request, _("Please sign in again, then press the button once more."))
        return stale
    try:
        STEPS[name](mandate_id=pk, by=request.user, now=timezone.now())
    except operations.MandateRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect(back)


@access.portal_page()
def received(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what came to this cooperative's account for other members, payment by payment."""
    page = Paginator(queries.received_for_others(desk.cooperative), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/received.html", {"page_obj": page})
