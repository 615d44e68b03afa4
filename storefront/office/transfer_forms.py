"""What a person of finance types of the bank's statement."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import text
from catalogue.pricing.models import Currency
from fulfilment.payments.policies import NotABankReference, bank_reference
from storefront.customer.fields import DayField
from storefront.orders.forms import OrderNumberField

from .forms import LineField, NumberField

BANK_SIGNS = _("Letters without accents, digits, points, dashes and strokes; three at least.")


class ReferenceField(forms.CharField):
    """The bank's own reference of a line."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters"})
        super().__init__(max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> str:
        typed = text.strip_controls(text.fold_digits(super().clean(value)))
        try:
            return bank_reference(typed)
        except NotABankReference:
            raise ValidationError(BANK_SIGNS) from None


class CreditForm(forms.Form):
    """A line of the bank's statement, as it stands there."""

    reference = ReferenceField(
        label=_("The bank's reference"), help_text=_("As on the statement: the same line counts once.")
    )
    amount = NumberField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    value_on = DayField(label=_("Value date"))
    payer_name = LineField(
        label=_("Payer"),
        max_length=150,
        error_messages={"required": _("Write who paid, as on the statement.")},
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    message = LineField(
        label=_("What the payer wrote"),
        max_length=200,
        required=False,
        help_text=_("With the order's number in it, and its exact amount, the order is paid at once."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if not 0 < amount < 10**10:
            raise ValidationError(_("Type an amount above nothing."))
        return amount

    def clean_value_on(self) -> date:
        day: date = self.cleaned_data["value_on"]
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day


class MatchForm(forms.Form):
    """Lines that wait, and the order that they pay together."""

    credit = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Mark the lines that pay it.")})
    number = OrderNumberField()

    def __init__(self, *args: Any, waiting: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credit"].choices = [(pk, pk) for pk in waiting]


class ReturnForm(forms.Form):
    """How the money of a line went back."""

    returned_as = ReferenceField(label=_("The bank's reference of the way back"))
