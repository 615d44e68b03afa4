"""How people are known to allauth: by e-mail or phone, told in one voice, and written to through one door."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.formats import phone as phone_as_said
from catalogue.kernel.text import isolate
from catalogue.people import operations, queries
from catalogue.people.models import User
from storefront.notifications.operations import write_message

from . import mails, sealing
from .fields import PhoneField
from .links import absolute
from .second_factor import Factor, required_of

WRONG = _("The phone, e-mail or password is not right.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This address is already yours."),
        "email_password_mismatch": WRONG,
        "phone_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "email_taken": _("This e-mail address belongs to another account."),
        "phone_taken": _("This number belongs to another account."),
        "enter_current_password": _("That is not your present password."),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("That is not the code we sent. Please look again."),
        "too_many_login_attempts": _("Too many tries. Please wait five minutes."),
        "same_as_current": _("This is what we already have."),
        "rate_limited": _("Too many requests. Please wait a moment."),
        "select_only_one": _("Please give a phone or an e-mail address, not both."),
        "unverified_primary_email": _("Please confirm your e-mail address first."),
        "max_email_addresses": _("One change at a time, please."),
    }

    # Phones

    def clean_phone(self, phone: str) -> str:
        return PhoneField().clean(phone)

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        operations.record_phone(person=user, phone=phone, verified_at=timezone.now() if verified else None)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Store the number that its code came back from; a change of number is only known from here on."""
        before, was_verified = user.phone, user.phone_verified_at is not None
        with transaction.atomic():
            operations.record_phone(person=user, phone=phone, verified_at=timezone.now())
            if before and was_verified and before != phone:
                words = mails.NUMBER_CHANGED % {"url": absolute(reverse("account_reset_password"))}
                self._send_sms(before, words, kind="account.phone_changed")

    def get_user_by_phone(self, phone: str) -> User | None:
        return queries.by_phone(phone)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        self._send_sms(phone, mails.SIGN_IN_CODE % {"code": code}, kind="account.code")

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send_sms(phone, mails.ALREADY_HERE % {"url": absolute(reverse("account_login"))}, kind="account.exists")

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Send nothing: a number without an account would let anyone make us pay for messages to strangers."""

    @transaction.atomic
    def _send_sms(self, phone: str, text: str, *, kind: str) -> None:
        write_message(
            key=f"{kind}:{uuid.uuid4()}",
            kind=kind,
            channel="sms",
            recipient=phone,
            language=(get_language() or "ar")[:2],
            text=str(text),
            now=timezone.now(),
        )

    # Mails and notes

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = mails.MAILS[template_prefix]
        facts = {"reset_url": absolute(reverse("account_reset_password")), **context}
        paragraphs = [str(paragraph) % facts for paragraph in mail.paragraphs]
        page = {"subject": mail.subject, "paragraphs": paragraphs}
        write_message(
            key=f"account.mail:{uuid.uuid4()}",
            kind=template_prefix.replace("/email/", "."),
            channel="mail",
            recipient=email,
            language=(get_language() or "ar")[:2],
            subject=str(mail.subject),
            text="\n\n".join(paragraphs) + "\n",
            html=render_to_string("account/email/message.html", page),
            now=timezone.now(),
        )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail(
            "account/email/account_already_exists",
            email,
            {"password_reset_url": absolute(reverse("account_reset_password"))},
        )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words = message or mails.NOTES.get(message_template or "")
        if words:
            facts = {
                name: isolate(phone_as_said(fact) if str(fact).startswith("+") else str(fact))  # keep numbers whole
                for name, fact in (message_context or {}).items()
            }
            words = str(words) if message else str(words) % facts
            messages.add_message(request, level, words, extra_tags=extra_tags)

    # Signing up and in

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        """Store a sign-up, its number first: a person without e-mail must never be saved without one."""
        phone, email = form.cleaned_data.get("phone"), form.cleaned_data.get("email")
        with transaction.atomic():
            operations.give_up_pending(phone=phone, email=email)
            user.phone = phone or None
            user.language = (get_language() or "ar")[:2]
            return super().save_user(request, user, form, commit=commit)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count tries per phone, too: allauth would count those of all phones together."""
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return f"shop:{login.lower()}"

    def is_login_by_code_required(self, login: Login) -> bool:
        if login.user is None or required_of(login.user) is not Factor.SMS:
            return False
        records = get_authentication_records(self.request, login.user)
        return not any(record["method"] == "code" for record in records)

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.LoginByCodeStage": "storefront.customer.stages.RoleCodeStage",
            "allauth.account.stages.EmailVerificationStage": "storefront.customer.stages.ContactStage",
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        person = request.user
        if person.is_staff:
            return reverse("office:home")
        return reverse("portal:home" if person.memberships.exists() else "customer:summary")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("customer:summary")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("customer:summary")


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator secrets are kept encrypted, and roles that need the app cannot switch it off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is not the present code of your app. Wait for the next one."),
        "unverified_email": _("Please confirm your e-mail address first."),
        "cannot_delete_authenticator": _("Your role needs the authenticator app; it cannot be switched off."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return required_of(authenticator.user) is not Factor.TOTP
