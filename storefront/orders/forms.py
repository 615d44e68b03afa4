"""Finding an order again."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits, squash, strip_controls
from fulfilment.orders.policies import NUMBER_LENGTH, fold_number
from fulfilment.orders.withdrawing.queries import Item
from storefront.basket.forms import SomeOfField
from storefront.customer.fields import CodeField, PhoneField


class OrderNumberField(forms.CharField):
    """An order's number, in any digits and with whatever stands between its signs."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters"})
        super().__init__(label=_("Order number"), max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> str:
        number = fold_number(fold_digits(super().clean(value)))
        if len(number) != NUMBER_LENGTH:
            raise ValidationError(_("An order number has ten letters and digits."))
        return number


class FindForm(forms.Form):
    number = OrderNumberField(help_text=_("Ten letters and digits, as in the confirmation."))
    phone = PhoneField(label=_("Phone of the order"))


class CodeForm(forms.Form):
    code = CodeField(label=_("Code from the SMS"))

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class PiecesField(SomeOfField):
    """How many pieces of one line go back; empty means none."""

    default_error_messages = {"over": _("At most %(left)s of these can go back.")}


class PiecesForm(forms.Form):
    """Which pieces go back: one field for each line that may."""

    def __init__(self, items: Iterable[Item], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"line-{item.line.pk}"] = PiecesField(item, most=item.left, required=False, initial=item.left)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise ValidationError(_("Choose at least one piece to send back."))
        return data

    @property
    def chosen(self) -> list[tuple[Item, int]]:
        """Return each line with how many of it, those without any left out."""
        return [
            (field.row, self.cleaned_data[name])
            for name, field in self.fields.items()
            if isinstance(field, PiecesField) and self.cleaned_data[name]
        ]

    @property
    def pieces(self) -> dict[int, int]:
        return {item.line.pk: quantity for item, quantity in self.chosen}


class DeclarationForm(forms.Form):
    """Who declares it. ``confirmation`` came with the page, so that a second press finds the first."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    confirmation = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        name = squash(strip_controls(self.cleaned_data["name"]))
        if not name:
            raise ValidationError(_("Write your name."))
        return name
