"""A cooperative's bank account: seen and changed by its owner alone, after a sign-in of this moment."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.banking import operations, queries
from catalogue.banking.models import BankAccount
from storefront.banking.forms import ProposalForm
from storefront.customer.fresh import redirect_if_stale

from .. import access
from ..access import Desk

UNPROCESSABLE = 422


@access.portal_page(owner_only=True)
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account in use, one that is to come and from when on, and those before."""
    now = timezone.now()
    context = {
        "standing": queries.standing(desk.cooperative.pk, now),
        "history": queries.history(desk.cooperative.pk, now),
        "shop_phone": settings.SHOP_PHONE,
    }
    return render(request, "portal/account.html", context)


@access.portal_page(owner_only=True)
def change(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose another account."""
    if stale := redirect_if_stale(request, back=reverse("portal:change-account", args=[desk.cooperative.slug])):
        return stale
    form, status = ProposalForm(request.POST or None, initial={"holder_name": desk.cooperative.name}), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _propose(request, desk, form):
            return redirect("portal:account", desk.cooperative.slug)
    return render(request, "portal/change_account.html", {"form": form}, status=status)


def _propose(request: HttpRequest, desk: Desk, form: ProposalForm) -> bool:
    details: dict[str, Any] = form.cleaned_data | {"by": request.user}
    try:
        operations.propose(
            cooperative_id=desk.cooperative.pk, route=BankAccount.Route.PORTAL, now=timezone.now(), **details
        )
    except operations.AccountRefused as refusal:
        form.add_error("rib", str(refusal))
        return False
    messages.success(request, _("Sent to the office: another person there has to agree."))
    return True


@require_POST
@access.portal_page(owner_only=True)
def withdraw(request: HttpRequest, desk: Desk, pk: int) -> HttpResponseRedirect:
    """Take a proposal back: the account stays as it was."""
    if not BankAccount.objects.filter(pk=pk, cooperative=desk.cooperative).exists():
        raise Http404
    details: dict[str, Any] = {"by": request.user}
    try:
        operations.withdraw(account_id=pk, now=timezone.now(), **details)
    except operations.NotProposed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn: your account stays as it was."))
    return redirect("portal:account", desk.cooperative.slug)
