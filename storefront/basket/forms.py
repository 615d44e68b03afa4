"""How many: in any digits, with a kind word for everything else."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits, strip_controls

LARGEST = 10_000
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")


class QuantityField(forms.CharField):
    """A whole number of pieces, written in Latin, Arabic-Indic or Persian digits."""

    default_error_messages = {
        "required": _("Write how many you would like."),
        "not_whole": _("Write a whole number, such as 2."),
        "too_few": _("Take at least one."),
        "too_many": _("That is more than we can send in one order."),
    }

    def __init__(self, *, minimum: int = 1, **kwargs: Any) -> None:
        self.minimum = minimum
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        kwargs.setdefault("label", _("Quantity"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        written = fold_digits(strip_controls(super().to_python(value) or "")).strip()
        if not written:
            return None
        if not _WHOLE.fullmatch(written):
            raise forms.ValidationError(self.error_messages["not_whole"], code="not_whole")
        return int(written)

    def validate(self, value: Any) -> None:
        if value is None:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return
        if value < self.minimum:
            raise forms.ValidationError(self.error_messages["too_few"], code="too_few")
        if value > LARGEST:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")

    def run_validators(self, value: Any) -> None:
        """Leave out the validators of text."""


class SomeOfField(QuantityField):
    """How many pieces of a row's order line, none to ``most``.

    Each kind says the error ``over``, whose words name the bound as ``n`` or ``left``.
    """

    def __init__(self, row: Any, *, most: int, **kwargs: Any) -> None:
        self.row, self.most = row, most
        super().__init__(minimum=0, label=row.line.title_here, **kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value > self.most:
            words, params = self.error_messages["over"], {"n": self.most, "left": self.most}
            raise forms.ValidationError(words, code="too_many", params=params)


class AddForm(forms.Form):
    quantity = QuantityField()
    stockrecord = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LineForm(forms.Form):
    """One line on the basket page; nothing at all, or ``remove``, takes it out."""

    quantity = QuantityField(minimum=0)


class CodeForm(forms.Form):
    """A voucher's code, in any writing."""

    code = forms.CharField(
        label=_("Voucher code"),
        max_length=60,
        error_messages={"required": _("Type the code first.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters"}),
    )
