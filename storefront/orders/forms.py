"""Finding an order again."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits
from fulfilment.orders.policies import NUMBER_LENGTH, fold_number
from storefront.customer.fields import CodeField, PhoneField


class FindForm(forms.Form):
    number = forms.CharField(
        label=_("Order number"),
        max_length=40,
        help_text=_("Ten letters and digits, as in the confirmation."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters"}),
    )
    phone = PhoneField(label=_("Phone of the order"))

    def clean_number(self) -> str:
        number = fold_number(fold_digits(self.cleaned_data["number"]))
        if len(number) != NUMBER_LENGTH:
            raise ValidationError(_("An order number has ten letters and digits."))
        return number


class CodeForm(forms.Form):
    code = CodeField(label=_("Code from the SMS"))

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())
