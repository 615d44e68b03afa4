"""Cooperatives as the office sees to them: union, contact, payouts, people, and everything that was done, by whom."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalogue.cooperatives import operations, queries
from catalogue.cooperatives.models import Appointment, Membership, Partner
from catalogue.cooperatives.operations import CooperativeRefused
from storefront.customer.fresh import redirect_if_stale
from storefront.office import access
from storefront.office.cooperative_forms import ContactForm, FindForm, OwnerForm, WhyForm

PER_PAGE, UNPROCESSABLE = 30, 422


@access.office_page(access.VIEW_COOPERATIVES)
def cooperatives(request: HttpRequest) -> HttpResponse:
    """List cooperatives by name, or those whose name or number has what is looked for."""
    form = FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(queries.named(words), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/cooperatives/list.html", {"page_obj": page, "form": form, "q": words})


@access.office_page(access.VIEW_COOPERATIVES)
def cooperative(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one with its people and all that was done."""
    return _show(request, slug)


def _show(request: HttpRequest, slug: str, *, status: int = 200, **filled: forms.Form) -> HttpResponse:
    found = get_object_or_404(Partner.objects.select_related("union", "province"), slug=slug)
    context = {
        "cooperative": found,
        "people": queries.people(found),
        "appointment": queries.open_appointment(found),
        "steps": queries.steps(found),
        "contact_form": ContactForm(now=_contact(found)),
        "owner_form": OwnerForm(auto_id="owner_%s"),
        "why_form": WhyForm(auto_id="why_%s"),
        **filled,
    }
    return render(request, "office/cooperatives/cooperative.html", context, status=status)


def _contact(found: Partner) -> dict[str, str]:
    return {name: getattr(found, name) for name in operations.CONTACT}


def _stale(request: HttpRequest, slug: str) -> HttpResponseRedirect | None:
    stale = redirect_if_stale(request, back=reverse("office:cooperative", args=[slug]))
    if stale:
        messages.info(request, _("Please sign in again, then press the button once more."))
    return stale


@require_POST
@access.office_page(access.VIEW_COOPERATIVES, access.CHANGE_COOPERATIVES)
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how it is reached; whoever was its contact is told."""
    found = get_object_or_404(Partner, slug=slug)
    if stale := _stale(request, slug):
        return stale
    form = ContactForm(request.POST, now=_contact(found))
    if form.is_valid():
        details = {"values": form.values, "reason": form.cleaned_data["reason"]}
        if _did(request, operations.change_contact, form, cooperative_id=found.pk, **details):
            return redirect("office:cooperative", slug)
    return _show(request, slug, status=UNPROCESSABLE, contact_form=form)


@require_POST
@access.office_page(access.VIEW_COOPERATIVES, access.PROPOSE_OWNERS)
def owner(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose an owner; another person agrees."""
    found = get_object_or_404(Partner, slug=slug)
    if stale := _stale(request, slug):
        return stale
    form = OwnerForm(request.POST, auto_id="owner_%s")
    if form.is_valid() and _did(request, operations.propose_owner, form, cooperative_id=found.pk, **form.cleaned_data):
        return redirect("office:cooperative", slug)
    return _show(request, slug, status=UNPROCESSABLE, owner_form=form)


STEPS: dict[str, tuple[str, Callable[..., Any], str]] = {
    "agree": (access.AGREE_TO_OWNERS, operations.agree_to_owner, "appointment_id"),
    "refuse": (access.PROPOSE_OWNERS, operations.refuse_owner, "appointment_id"),
    "leave": (access.CHANGE_COOPERATIVES, operations.end_membership, "membership_id"),
    "close": (access.CLOSE_COOPERATIVES, operations.close_cooperative, "cooperative_id"),
    "open": (access.CLOSE_COOPERATIVES, operations.open_again, "cooperative_id"),
}


@require_POST
@access.office_page(access.VIEW_COOPERATIVES)
def step(request: HttpRequest, slug: str, name: str, pk: int) -> HttpResponseRedirect:
    """Decide on an owner, let someone go, close or open again; ``pk`` is the proposal's, membership's or its own."""
    if name not in STEPS:
        raise Http404
    right, operation, key = STEPS[name]
    access.require(request, right)
    found = _of(slug, key, pk)
    if stale := _stale(request, slug):
        return stale
    form = WhyForm(request.POST)
    details: dict[str, Any] = {key: found}
    if name != "agree":
        if not form.is_valid():
            messages.error(request, _("Write in a few words why."))
            return redirect("office:cooperative", slug)
        details["reason"] = form.cleaned_data["reason"]
    _did(request, operation, None, **details)
    return redirect("office:cooperative", slug)


def _of(slug: str, key: str, pk: int) -> int:
    """Return the id of what a button is about, of this cooperative and no other."""
    if key == "cooperative_id":
        return get_object_or_404(Partner, slug=slug, pk=pk).pk
    model = Appointment if key == "appointment_id" else Membership
    return get_object_or_404(model, cooperative__slug=slug, pk=pk).pk


def _did(request: HttpRequest, operation: Callable[..., Any], form: forms.Form | None, **details: Any) -> bool:
    try:
        operation(by=access.person(request), now=timezone.now(), **details)
    except CooperativeRefused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True
