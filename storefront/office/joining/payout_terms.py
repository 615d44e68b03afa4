"""How and how often one cooperative is paid: what holds, who set it when and why, and setting it otherwise."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import Partner
from catalogue.joining import operations, queries
from catalogue.joining.operations import JoiningRefused
from storefront.customer.fresh import redirect_if_stale
from storefront.office import access

from .forms import PayoutTermsForm

UNPROCESSABLE = 422


@access.office_page(access.VIEW_PAYOUT_TERMS)
def payout_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the terms with their history; set others after a sign-in of this moment."""
    found = get_object_or_404(Partner, slug=slug)
    form, status = PayoutTermsForm(initial={"method": found.payout_method, "cycle": found.payout_cycle}), 200
    if request.method == "POST":
        access.require(request, access.SET_PAYOUT_TERMS)
        if stale := redirect_if_stale(request, back=reverse("office:payout-terms", args=[slug])):
            return stale
        form, status = PayoutTermsForm(request.POST), UNPROCESSABLE
        if form.is_valid() and _set(request, found, form):
            return redirect("office:payout-terms", slug)
    context = {
        "cooperative": found,
        "form": form,
        "terms": queries.payout_terms(found),
        "agreement": queries.agreement_of(found),
    }
    return render(request, "office/joining/payout_terms.html", context, status=status)


def _set(request: HttpRequest, found: Partner, form: PayoutTermsForm) -> bool:
    try:
        operations.set_payout_terms(
            cooperative_id=found.pk, by=access.person(request), now=timezone.now(), **form.cleaned_data
        )
    except JoiningRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved: the next run obeys it, and the cooperative is told."))
    return True
