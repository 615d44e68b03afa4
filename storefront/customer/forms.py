"""Forms of signing up, signing in and one's own details."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import phones
from catalogue.kernel.text import strip_controls
from catalogue.people import queries
from catalogue.people.models import User

from .fields import CodeField

PASSWORD_HINT = _("At least 8 characters, not only digits, not a common word.")
LOGIN_LABEL = _("Phone or e-mail")
EMAIL_LABEL = _("E-mail")


def read_login(written: str) -> str:
    """Return an e-mail in lower case or a phone in E.164, whichever was typed; other text as it is."""
    written = strip_controls(written).strip()
    if "@" in written:
        return written.lower()
    try:
        return phones.normalise(written)
    except phones.NotAPhone:
        return written


class LoginField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "dir": "auto"})
        super().__init__(label=LOGIN_LABEL, max_length=254, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return read_login(super().to_python(value) or "")


class Plain:
    """Our words on allauth's fields, without placeholders: a label stays when one types."""

    fields: dict[str, forms.Field]
    labels = {
        "password": _("Password"),
        "password1": _("Password"),
        "password2": _("The same password again"),
        "oldpassword": _("Present password"),
        "email": EMAIL_LABEL,
        "phone": _("Phone"),
        "remember": _("Stay signed in on this device"),
        "code": _("Code"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"] = CodeField()
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if "password" in name:
                field.help_text = PASSWORD_HINT if name == "password1" else ""
            if name == "email":
                field.widget.attrs["dir"] = "ltr"


class LoginForm(Plain, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = LoginField()
        self.order_fields(["login", "password", "remember"])


class SignupForm(Plain, account.SignupForm):
    field_order = ["phone", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("We send a code to it. A phone is enough; so is an e-mail.")
        for name in ("phone", "email"):
            self.fields[name].one_of_these = True  # neither is "optional": one of the two is needed

    def validate_unique_email(self, value: str) -> str:
        """Take note of an address in use without a word on the page; its owner gets a mail."""
        waiting = queries.pending().values_list("pk", flat=True)
        if any(person.pk not in set(waiting) for person in filter_users_by_email(value)):
            self.account_already_exists = True
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed_wrong = {"phone", "email"} & set(self.errors)
        if not typed_wrong and not cleaned.get("phone") and not cleaned.get("email"):
            raise ValidationError(_("Please give a phone or an e-mail address: one is enough."), code="no_contact")
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Store the sign-up; of two with one contact at the same moment, the second is told as if it came later."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class RequestLoginCodeForm(Plain, account.RequestLoginCodeForm):
    """One field for a phone or an e-mail; nothing says whether an account answers to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": LoginField()}
        self._user: User | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super(account.RequestLoginCodeForm, self).clean() or {}
        login = cleaned.get("login")
        if not login:
            return cleaned
        if not ratelimit.consume(context.request, action="request_login_code", key=login):
            raise get_adapter().validation_error("too_many_login_attempts")
        cleaned["email" if "@" in login else "phone"] = contact = _contact(login)
        self._user = _person(contact)
        return cleaned


class ResetPasswordForm(RequestLoginCodeForm):
    """The same question, for a new password."""


def _contact(login: str) -> str:
    """Return the login when a code can be sent there; refuse what is neither a phone nor an address."""
    if "@" in login:
        return forms.EmailField(error_messages={"invalid": _("This is not an e-mail address.")}).clean(login)
    return str(get_adapter().clean_phone(login))


def _person(contact: str) -> User | None:
    if "@" not in contact:
        person = queries.by_phone(contact)
        return person if person is not None and person.is_active else None
    people = filter_users_by_email(contact, is_active=True, prefer_verified=True, for_login=True)
    waiting = set(queries.pending().filter(pk__in=[person.pk for person in people]).values_list("pk", flat=True))
    return next((person for person in people if person.pk not in waiting), None)


class ConfirmLoginCodeForm(Plain, account.ConfirmLoginCodeForm):
    pass


class ConfirmPasswordResetCodeForm(Plain, account.ConfirmPasswordResetCodeForm):
    pass


class VerifyPhoneForm(Plain, account.VerifyPhoneForm):
    pass


class ChangePhoneForm(Plain, account.ChangePhoneForm):
    pass


class AddEmailForm(Plain, account.AddEmailForm):
    pass


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, account.SetPasswordForm):
    pass


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    pass


class AuthenticateForm(Plain, mfa.AuthenticateForm):
    pass


class MFAReauthenticateForm(Plain, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(Plain, totp.ActivateTOTPForm):
    pass


class ProfileForm(forms.ModelForm):
    """Names and language. Phone and e-mail change only through a code sent to them."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "language"]


class CloseAccountForm(forms.Form):
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, person: User, request: HttpRequest, **kwargs: Any) -> None:
        self.person, self.request = person, request
        super().__init__(*args, **kwargs)
        if not person.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not get_adapter(self.request).reauthenticate(self.person, password):
            raise get_adapter().validation_error("incorrect_password")
        return password
