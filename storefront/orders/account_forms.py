"""Where a refund by bank transfer goes: asked of the buyer on the order's page, or typed at the office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.text import fold_digits
from fulfilment.payments.operations import NotAnAccount, as_iban


class AccountForm(forms.Form):
    holder = forms.CharField(label=_("Name of the account's holder"), max_length=120)
    account = forms.CharField(
        label=_("Account number"),
        max_length=60,
        help_text=_("RIB, 24 digits; abroad the IBAN."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )

    def clean_account(self) -> str:
        try:
            return as_iban(fold_digits(self.cleaned_data["account"]))
        except NotAnAccount:
            text = _("This is no account number: one of its digits is wrong or missing. Please look again.")
            raise forms.ValidationError(text) from None
