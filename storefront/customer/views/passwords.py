"""A new password for who forgot the old one: a code by mail or SMS, then the password."""

import time

from allauth.account import app_settings, views
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core import ratelimit
from allauth.utils import get_form_class
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from catalogue.people.models import User

CODE_IS_FRESH = 600  # seconds


class PasswordResetView(views.PasswordResetView):
    """Ask for a phone or an e-mail. The answer is the same whether an account has it or not."""

    def form_valid(self, form: Form) -> HttpResponse:
        phone, email = form.cleaned_data.get("phone"), form.cleaned_data.get("email")
        refused = ratelimit.consume_or_429(self.request, action="reset_password", key=phone or email)
        if refused:
            return refused
        person: User | None = form._user
        if email:
            PasswordResetVerificationProcess.initiate(request=self.request, user=person, email=email)
            return redirect("account_confirm_password_reset_code")
        LoginCodeVerificationProcess.initiate(request=self.request, user=person, phone=phone)
        return redirect(f"{reverse('account_confirm_login_code')}?next={reverse('account_new_password')}")


class NewPasswordView(views.PasswordChangeView):
    """Set a password without the old one, shortly after a code from one's phone or mail box was typed."""

    template_name = "account/password_set.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect("account_reset_password")
        if not has_fresh_code(request):
            return redirect("account_change_password")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[Form]:
        return get_form_class(app_settings.FORMS, "set_password", SetPasswordForm)


def has_fresh_code(request: HttpRequest) -> bool:
    """Tell whether a code was typed in this session in the last minutes."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record["method"] == "code" and time.time() - record["at"] < CODE_IS_FRESH for record in records)
