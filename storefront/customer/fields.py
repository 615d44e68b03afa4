"""Fields that read what people type: phones in any usual writing, codes in any digits."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import phones
from catalogue.kernel.text import fold_digits

NOT_A_PHONE = _("We cannot read this as a phone number. Example: 06 12 34 56 78.")


class PhoneField(forms.CharField):
    """A telephone number, cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone"))
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if not written:
            return ""
        try:
            return phones.normalise(written)
        except phones.NotAPhone:
            raise ValidationError(NOT_A_PHONE) from None


class CodeField(forms.CharField):
    """A code from an SMS, a mail or an authenticator app."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Code"))
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value: Any) -> str:
        return fold_digits(super().to_python(value) or "")
