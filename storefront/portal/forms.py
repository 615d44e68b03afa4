"""A stock count as people type it."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import text

MOST = 100_000


class CountField(forms.IntegerField):
    """A whole number in digits of any script; says kindly what else was written."""

    default_error_messages = {
        "required": _("Write how many there are. If none is left, write 0."),
        "invalid": _("Write the number in digits, for example 12."),
        "min_value": _("A count cannot be below 0."),
        "max_value": _("That is more than a shelf can hold. Look at the number again."),
    }

    def to_python(self, value: Any) -> int | None:
        typed = text.fold_digits(text.strip_controls(str(value or ""))).strip()
        return super().to_python(typed)


class CountForm(forms.Form):
    counted = CountField(
        label=_("How many are there?"),
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "count-input", "dir": "ltr"}
        ),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid4()
