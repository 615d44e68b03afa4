"""Cooperatives that ask to join: what waits, by age; one application with its papers, and every step of the office."""

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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.banking.operations import AccountRefused
from catalogue.joining import operations, queries
from catalogue.joining.models import Application, Document
from catalogue.joining.operations import JoiningRefused, fees_on
from catalogue.joining.policies import MAY_CHANGE_PHONE
from catalogue.kernel import scans
from catalogue.kernel.periods import day_of
from storefront.customer.fresh import redirect_if_stale
from storefront.joining.presenting import facts_of, fee_lines
from storefront.office import access

from .forms import ApprovalForm, FilterForm, PhoneChangeForm, TermsForm, WordsForm

PER_PAGE, UNPROCESSABLE = 30, 422
State = Application.State


@access.office_page(access.VIEW_APPLICATIONS)
def applications(request: HttpRequest) -> HttpResponse:
    """List what is under way, the longest waiting first, or all of one state."""
    form = FilterForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Paginator(queries.applications(state), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "form": form, "state": state, "now": timezone.now()}
    return render(request, "office/joining/list.html", context)


@access.office_page(access.VIEW_APPLICATIONS)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application with its papers and what happened to it."""
    return _show(request, pk)


def _show(request: HttpRequest, pk: int, *, code: int = 200, **filled: forms.Form) -> HttpResponse:
    found = queries.application(pk)
    if found is None:
        raise Http404
    today = day_of(timezone.now())
    agreement = queries.agreement_of(found.cooperative)
    context = {
        "application": found,
        "steps": found.steps.select_related("by"),
        "ask_form": WordsForm(auto_id="ask_%s"),
        "refuse_form": WordsForm(auto_id="refuse_%s"),
        "withdraw_form": WordsForm(auto_id="withdraw_%s"),
        "keep_form": WordsForm(auto_id="keep_%s"),
        "phone_form": PhoneChangeForm(),
        "phone_change": queries.phone_change(found),
        "may_change_phone": found.state in MAY_CHANGE_PHONE,
        "approval_form": ApprovalForm(),
        "terms_form": TermsForm(
            initial={"valid_from": today, "method": "bank_transfer" if found.rib else "cash_at_agency"}
        ),
        "own": found.approved_by_id == request.user.pk,
        "fees_today": fee_lines(fees_on(today)) if found.state == State.APPROVED else [],
        **facts_of(found, agreement),
        **filled,
    }
    return render(request, "office/joining/application.html", context, status=code)


@never_cache
@require_safe
@access.office_page(access.VIEW_APPLICATIONS)
def document(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Serve a paper as a file to keep; nothing in it runs, and nobody keeps it on the way."""
    paper = get_object_or_404(Document, application=pk, pk=number)
    name = f"{pk}-{paper.kind}-{paper.pk}.{scans.ENDINGS[paper.content_type]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(bytes(paper.content), content_type=paper.content_type, headers=headers)


STEPS: dict[str, tuple[str, Callable[..., object]]] = {
    "take": (access.SEE_TO_APPLICATIONS, operations.take),
    "ask": (access.SEE_TO_APPLICATIONS, operations.ask_more),
    "approve": (access.APPROVE_APPLICATIONS, operations.approve),
    "refuse": (access.APPROVE_APPLICATIONS, operations.refuse),
    "withdraw": (access.APPROVE_APPLICATIONS, operations.withdraw),
    "phone": (access.SEE_TO_APPLICATIONS, operations.propose_phone),
    "agree-phone": (access.APPROVE_APPLICATIONS, operations.agree_to_phone),
    "keep-phone": (access.SEE_TO_APPLICATIONS, operations.keep_phone),
}
FORMS: dict[str, type[forms.Form]] = {
    **dict.fromkeys(("ask", "refuse", "withdraw", "keep-phone"), WordsForm),
    "approve": ApprovalForm,
    "phone": PhoneChangeForm,
}
WORDS = {"refuse": "reason", "withdraw": "reason", "keep-phone": "reason"}
"""What the operation calls the words."""
AFRESH = {"approve", "phone", "agree-phone"}
"""What leads to where money goes: asked for with a sign-in of this moment."""


@require_POST
@access.office_page(access.VIEW_APPLICATIONS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponseRedirect:
    """Take an application, ask for more, approve or end it; give its contact another phone."""
    if name not in STEPS:
        raise Http404
    found = get_object_or_404(Application, pk=pk)
    right, operation = STEPS[name]
    access.require(request, right)
    if name in AFRESH and (stale := redirect_if_stale(request, reverse("office:joining-application", args=[pk]))):
        messages.info(request, _("Please sign in again, then press the button once more."))
        return stale
    details: dict[str, Any] = {}
    if name in FORMS:
        form = FORMS[name](request.POST)
        if not form.is_valid():
            messages.error(request, _what_is_wrong(form))
            return redirect("office:joining-application", found.pk)
        said = form.cleaned_data
        details = {WORDS[name]: said["words"]} if name in WORDS else dict(said)
    try:
        operation(application_id=found.pk, by=access.person(request), now=timezone.now(), **details)
    except (JoiningRefused, AccountRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("office:joining-application", found.pk)


def _what_is_wrong(form: forms.Form) -> str:
    return str(form.errors["phone"][0]) if "phone" in form.errors else _("Write in a few words why.")


@require_POST
@access.office_page(access.VIEW_APPLICATIONS, access.OFFER_TERMS)
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the terms for an approved cooperative to agree to."""
    found = get_object_or_404(Application, pk=pk)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, code=UNPROCESSABLE, terms_form=form)
    try:
        operations.offer_terms(
            application_id=found.pk, by=access.person(request), now=timezone.now(), **form.cleaned_data
        )
    except JoiningRefused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, pk, code=UNPROCESSABLE, terms_form=form)
    messages.success(request, _("The terms are written; the cooperative is told."))
    return redirect("office:joining-application", found.pk)
