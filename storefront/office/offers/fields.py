"""Figures as people of the office type them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import MAD
from catalogue.kernel.numerals import NotANumber, parse_decimal
from catalogue.kernel.text import fold_digits, strip_controls

LARGEST = Decimal(1_000_000)
_WHOLE = re.compile(r"[0-9]{1,7}")


class FigureField(forms.CharField):
    """An amount or a percentage, in any usual writing, above nothing unless ``least`` says otherwise."""

    def __init__(
        self, *, currency: str = MAD, least: Decimal = Decimal("0.01"), most: Decimal = LARGEST, **kwargs: Any
    ) -> None:
        self.currency, self.least, self.most = currency, least, most
        kwargs.setdefault("required", False)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 10})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        written = (super().to_python(value) or "").strip().removesuffix("%").removesuffix("٪").strip()
        if not written:
            return None
        try:
            number = parse_decimal(written, currency=self.currency)
        except NotANumber as error:
            raise forms.ValidationError(str(error)) from None
        if not self.least <= number <= self.most:
            raise forms.ValidationError(
                _("Between %(least)s and %(most)s.") % {"least": self.least, "most": f"{self.most:f}"}
            )
        return number

    def run_validators(self, value: Any) -> None:
        """Leave out the validators of text."""


class WholeField(forms.CharField):
    """A whole number in any digits, from one."""

    def __init__(self, *, most: int = 1_000_000, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("required", False)
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        written = fold_digits(strip_controls(super().to_python(value) or "")).strip()
        if not written:
            return None
        if not _WHOLE.fullmatch(written) or not 1 <= int(written) <= self.most:
            raise forms.ValidationError(_("Write a whole number from 1 to %(most)s.") % {"most": self.most})
        return int(written)

    def run_validators(self, value: Any) -> None:
        """Leave out the validators of text."""
