"""Joining, for whoever asks to: the form, and the page behind the signed link that came by SMS.

Everything works without script; nothing here needs an account until the code has opened one.
"""

from typing import Any
from uuid import uuid4

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.joining import links, operations, queries
from catalogue.joining.models import Application
from catalogue.joining.operations import JoiningRefused

from .forms import AcceptForm, ActivateForm, ApplicationForm, MorePapersForm, OtherPhoneForm, WithdrawForm
from .presenting import facts_of

UNPROCESSABLE, TOO_MANY = 422, 429
WAIT = gettext_lazy("Too many tries. Please wait an hour, or call the office.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Show the form and keep what it says; then lead to the application's own page."""
    form, status = ApplicationForm(initial={"confirmation": uuid4()}), 200
    if request.method == "POST":
        form, status = ApplicationForm(request.POST, request.FILES), UNPROCESSABLE
        if not ratelimit.consume(request, action="join"):
            form.add_error(None, _("Too many applications came from here. Please wait an hour, or call the office."))
            status = TOO_MANY
        elif form.is_valid() and (sent := _apply(form)):
            return redirect(_page_of(sent))
    context = {"form": form, "shop_phone": settings.SHOP_PHONE}
    return render(request, "joining/apply.html", context, status=status)


def _apply(form: ApplicationForm) -> Application | None:
    try:
        return operations.apply(said=form.said(), papers=form.papers, now=timezone.now())
    except operations.KnownAlready as refusal:
        form.add_error(refusal.field, str(refusal))
    return None


@never_cache
@require_safe
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where an application stands, what is missing and what comes next."""
    return _show(request, _application_or_404(request, pk))


@never_cache
@require_POST
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Take papers that come later."""
    application = _application_or_404(request, pk)
    if not ratelimit.consume(request, action="join_papers", key=str(pk)):
        return _show(request, application, refused=str(WAIT), code=TOO_MANY)
    form = MorePapersForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, application, papers_form=form, code=UNPROCESSABLE)
    try:
        operations.send_papers(application_id=pk, papers=form.papers, now=timezone.now())
    except JoiningRefused as refusal:
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    messages.success(request, _("Thank you: your papers are here."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def prove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the code that came to the phone: the office looks at the application from now on."""
    application = _application_or_404(request, pk)
    if not ratelimit.consume(request, action="join_activate", key=f"phone:{pk}"):
        return _show(request, application, refused=str(WAIT), code=TOO_MANY)
    form = ActivateForm(request.POST)
    if not form.is_valid():
        return _show(request, application, activate_form=form, code=UNPROCESSABLE)
    try:
        operations.prove_phone(application_id=pk, code=form.cleaned_data["code"], now=timezone.now())
    except operations.WrongState as refusal:  # the page has no field for a code then
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    except JoiningRefused as refusal:
        form.add_error("code", str(refusal))
        return _show(request, application, activate_form=form, code=UNPROCESSABLE)
    messages.success(request, _("Thank you: this is your phone. The address of this page comes to it by SMS."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def other_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the phone that was meant, and send the code to it."""
    application = _application_or_404(request, pk)
    if not ratelimit.consume(request, action="join_activate", key=f"code:{pk}"):
        return _show(request, application, refused=str(WAIT), code=TOO_MANY)
    form = OtherPhoneForm(request.POST)
    if not form.is_valid():
        return _show(request, application, phone_form=form, code=UNPROCESSABLE)
    try:
        operations.give_other_phone(application_id=pk, phone=form.cleaned_data["phone"], now=timezone.now())
    except JoiningRefused as refusal:
        form.add_error("phone", str(refusal))
        return _show(request, application, phone_form=form, code=UNPROCESSABLE)
    messages.success(request, _("A code comes to this phone by SMS: type it here."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the application back, with a word why."""
    application = _application_or_404(request, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _show(request, application, withdraw_form=form, code=UNPROCESSABLE)
    try:
        operations.withdraw(application_id=pk, reason=form.cleaned_data["reason"], now=timezone.now())
    except JoiningRefused as refusal:
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    messages.success(request, _("Your application is withdrawn."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the terms; the code that opens the pages comes by SMS."""
    application = _application_or_404(request, pk)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _show(request, application, accept_form=form, code=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        operations.accept_terms(
            application_id=pk, agreement_id=data["agreement"], name=data["name"], now=timezone.now()
        )
    except JoiningRefused as refusal:
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    messages.success(request, _("Thank you. A code comes to your phone by SMS: type it here."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """Send another code."""
    application = _application_or_404(request, pk)
    if not ratelimit.consume(request, action="join_activate", key=f"code:{pk}"):
        return _show(request, application, refused=str(WAIT), code=TOO_MANY)
    try:
        operations.give_code(application_id=pk, now=timezone.now())
    except JoiningRefused as refusal:
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    messages.success(request, _("Another code comes by SMS. The one before is no longer good."))
    return redirect(_page_of(application))


@never_cache
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the cooperative's pages to whoever types the code, signed in; password and app are asked for there."""
    application = _application_or_404(request, pk)
    if not ratelimit.consume(request, action="join_activate", key=str(pk)):
        return _show(request, application, refused=str(WAIT), code=TOO_MANY)
    form = ActivateForm(request.POST)
    if not form.is_valid():
        return _show(request, application, activate_form=form, code=UNPROCESSABLE)
    try:
        owner = operations.activate(application_id=pk, code=form.cleaned_data["code"], now=timezone.now())
    except operations.WrongState as refusal:  # the page has no field for a code then
        return _show(request, application, refused=str(refusal), code=UNPROCESSABLE)
    except JoiningRefused as refusal:
        form.add_error("code", str(refusal))
        return _show(request, application, activate_form=form, code=UNPROCESSABLE)
    messages.success(request, _("Welcome! Choose a password and set up the app with the codes: then all is open."))
    record_authentication(request, owner, method="code", phone=application.phone)
    return perform_login(request, Login(user=owner, redirect_url=reverse("portal:home")))


def _show(
    request: HttpRequest, application: Application, *, refused: str = "", code: int = 200, **forms: Any
) -> HttpResponse:
    found = queries.application(application.pk)
    assert found is not None  # it was there a moment ago, and applications stay
    agreement = queries.agreement_of(found.cooperative)
    context = {
        "application": found,
        "key": links.key_for(found),
        "refused": refused,
        "papers_form": MorePapersForm(),
        "accept_form": AcceptForm(initial={"agreement": agreement.pk, "name": found.contact_name} if agreement else {}),
        "activate_form": ActivateForm(),
        "phone_form": OtherPhoneForm(auto_id="other_%s"),
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s"),
        "shop_phone": settings.SHOP_PHONE,
        **facts_of(found, agreement),
        **forms,
    }
    return render(request, "joining/status.html", context, status=code)


def _application_or_404(request: HttpRequest, pk: int) -> Application:
    found = queries.application(pk)
    if found is None or not links.key_fits(found, request.GET.get("k", "")):
        raise Http404
    return found


def _page_of(application: Application) -> str:
    return f"{reverse('joining:status', args=[application.pk])}?k={links.key_for(application)}"
