"""Fields that read what people type: phones in any usual writing, codes, days and numbers in any digits."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import numerals, phones
from catalogue.kernel.money import MAD
from catalogue.kernel.text import fold_digits, squash, strip_controls

NOT_A_PHONE = _("We cannot read this as a phone number. Example: 06 12 34 56 78.")
YEARS = range(2000, 2101)
"""Days that a shop could have sold on, or will."""


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


class LineField(forms.CharField):
    """One line of text, without marks that hide the way it is read."""

    def to_python(self, value: Any) -> str:
        return squash(strip_controls(super().to_python(value) or ""))


class DayField(forms.DateField):
    """A day in digits of any script, in ``years``: the calendar's far ends have no next or previous day to count to."""

    def __init__(self, *, years: range = YEARS, **kwargs: Any) -> None:
        self.years = years
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(fold_digits(value) if isinstance(value, str) else value)
        if day and day.year not in self.years:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class CountField(forms.IntegerField):
    """A whole number in digits of any script, after any kind of minus; says kindly what else was written."""

    default_error_messages = {"invalid": _("Write the number in digits, for example 12.")}

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        shown = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"} | (attrs or {})
        super().__init__(**{"widget": forms.TextInput(attrs=shown), **kwargs})

    def to_python(self, value: Any) -> int | None:
        typed = fold_digits(strip_controls(str(value if value is not None else ""))).strip()
        return super().to_python(typed.replace("–", "-").replace("−", "-"))


class NumberField(forms.CharField):
    """A number typed in any usual way, ``places`` decimals at most; says what was understood of anything else."""

    def __init__(self, *, places: int = 2, currency: str = MAD, **options: Any) -> None:
        self.places, self.currency = places, currency
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=60, **options)

    def clean(self, value: Any) -> Decimal | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return numerals.parse_decimal(typed, self.places, currency=self.currency)
        except numerals.NotANumber as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from None
