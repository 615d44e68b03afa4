"""Cooperatives' bank accounts: what waits for a second person, each with both accounts and all that happened to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.banking import operations, queries
from catalogue.banking.models import BankAccount
from catalogue.cooperatives.models import Partner
from fulfilment.payouts.models import Payout
from storefront.banking.forms import PaperRibForm, ProposalForm
from storefront.customer.fresh import redirect_if_stale
from storefront.office import access
from storefront.office.forms import GroundsForm

PER_PAGE, UNPROCESSABLE = 30, 422


@access.office_page(access.VIEW_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the longest waiting first."""
    page = Paginator(queries.proposals(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/accounts/list.html", {"page_obj": page, "now": timezone.now()})


@access.office_page(access.VIEW_ACCOUNTS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account beside the one it replaces, and decide on it."""
    return _show(request, pk, PaperRibForm())


def _show(request: HttpRequest, pk: int, approval: PaperRibForm, *, status: int = 200) -> HttpResponse:
    found = get_object_or_404(queries.accounts(), pk=pk)
    now = timezone.now()
    standing = queries.standing(found.cooperative_id, now)
    context = {
        "account": found,
        "status": queries.status_of(found, standing.in_force, now),
        "standing": standing,
        "is_coming": found.is_coming_at(now),
        "events": found.events.select_related("made_by"),
        "own": found.proposed_by_id == request.user.pk,
        "approval_form": approval,
        "under_way": _under_way(found.former_id),
        "form": GroundsForm(),
        "block_form": GroundsForm(auto_id="block_%s"),
    }
    return render(request, "office/accounts/account.html", context, status=status)


def _under_way(account_id: int | None) -> list[Payout]:
    """Return the payouts that go to an account already, sent to the bank or not."""
    states = (*Payout.NOT_SENT, Payout.State.EXPORTED)
    return list(Payout.objects.filter(account=account_id, state__in=states)) if account_id else []


@access.office_page(access.VIEW_ACCOUNTS)
def cooperative(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every account a cooperative had or was proposed."""
    found = get_object_or_404(Partner, slug=slug)
    now = timezone.now()
    context = {
        "cooperative": found,
        "standing": queries.standing(found.pk, now),
        "history": queries.history(found.pk, now),
    }
    return render(request, "office/accounts/cooperative.html", context)


@access.office_page(access.VIEW_ACCOUNTS, access.PROPOSE_ACCOUNTS)
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose another account on a cooperative's behalf; another person decides."""
    found = get_object_or_404(Partner, slug=slug)
    if stale := redirect_if_stale(request, back=reverse("office:propose-account", args=[slug])):
        return stale
    form, status = ProposalForm(request.POST or None, initial={"holder_name": found.name}), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and (made := _propose(request, found, form)):
            return redirect("office:account", made.pk)
    return render(request, "office/accounts/propose.html", {"cooperative": found, "form": form}, status=status)


def _propose(request: HttpRequest, found: Partner, form: ProposalForm) -> BankAccount | None:
    try:
        return operations.propose(
            cooperative_id=found.pk,
            by=access.person(request),
            route=BankAccount.Route.OFFICE,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except operations.AccountRefused as refusal:
        form.add_error("rib", str(refusal))
    return None


STEPS: dict[str, tuple[str, Callable[..., BankAccount]]] = {
    "approve": (access.APPROVE_ACCOUNTS, operations.approve),
    "refuse": (access.APPROVE_ACCOUNTS, operations.refuse),
    "keep": (access.APPROVE_ACCOUNTS, operations.keep_former),
    "block": (access.BLOCK_ACCOUNTS, operations.block_account),
}
WITH_REASON = {"refuse", "block"}


@require_POST
@access.office_page(access.VIEW_ACCOUNTS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Agree by the bank's paper, refuse, keep the former one meanwhile, or block; after a sign-in of this moment."""
    if name not in STEPS:
        raise Http404
    found = get_object_or_404(BankAccount, pk=pk)
    right, operation = STEPS[name]
    access.require(request, right)
    back = reverse("office:account", args=[found.pk])
    if stale := redirect_if_stale(request, back=back):
        messages.info(request, _("Please sign in again, then press the button once more."))
        return stale
    if name == "approve":
        return _approve(request, found)
    form, details = GroundsForm(request.POST), dict[str, Any](by=access.person(request))
    if name in WITH_REASON:
        if not form.is_valid():
            messages.error(request, _("Write in a few words why."))
            return redirect(back)
        details["reason"] = form.cleaned_data["note"]
    try:
        operation(account_id=found.pk, now=timezone.now(), **details)
    except operations.AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect(back)


def _approve(request: HttpRequest, found: BankAccount) -> HttpResponse:
    """Compare what was typed from the paper; what differs is said beside the field, the digits are not."""
    form = PaperRibForm(request.POST)
    if not form.is_valid():
        return _show(request, found.pk, form, status=UNPROCESSABLE)
    try:
        operations.approve(
            account_id=found.pk, rib=form.cleaned_data["rib"], by=access.person(request), now=timezone.now()
        )
    except operations.OtherNumber as refusal:
        form.add_error("rib", str(refusal))
        return _show(request, found.pk, form, status=UNPROCESSABLE)
    except operations.AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("office:account", found.pk)
