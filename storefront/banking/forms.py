"""An account number as a cooperative, or the office for it, types it; what is wrong with it is said in words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.banking.policies import NotARib, Why, read_rib
from catalogue.banking.queries import bank_codes
from catalogue.kernel import text

LONGEST = 80
REASONS = {
    Why.EMPTY: _("Write the RIB: the 24 digits of your bank's paper."),
    Why.SIGNS: _("A RIB has digits only: write the 24 digits without letters or other signs."),
    Why.FOREIGN: _("This is an account abroad: we can only pay to an account at a bank in Morocco."),
    Why.IBAN_CHECK: _("An IBAN of Morocco begins with MA64: compare it with your bank's paper."),
    Why.LENGTH: _("A RIB has 24 digits; these are %(digits)s. Compare it with your bank's paper."),
    Why.KEY: _("One of the digits is wrong, or two changed places: compare it with your bank's paper."),
    Why.BANK: _("We do not know the bank that begins with these three digits: call the office."),
}


class RibField(forms.CharField):
    """A RIB, or a Moroccan IBAN, in digits of any script; gives the 24 digits."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
        super().__init__(max_length=LONGEST, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if not written:
            return ""
        try:
            return read_rib(written, bank_codes())
        except NotARib as error:
            raise forms.ValidationError(
                REASONS[error.why], code=error.why.value, params={"digits": error.digits}
            ) from error


class PaperRibForm(forms.Form):
    """What a second person reads on the bank's paper, to be compared with what was proposed."""

    rib = RibField(
        label=_("RIB on the bank's paper"),
        help_text=_("Type the 24 digits from the paper itself: they are compared with what was proposed."),
        error_messages={"required": REASONS[Why.EMPTY]},
    )


class ProposalForm(forms.Form):
    rib = RibField(
        label=_("RIB"),
        help_text=_("24 digits, as on the paper of your bank. Spaces do not matter; an IBAN is read too."),
        error_messages={"required": REASONS[Why.EMPTY]},
    )
    holder_name = forms.CharField(
        label=_("Name of the account's holder"),
        max_length=140,
        help_text=_("The cooperative itself, never a person."),
    )

    def clean_holder_name(self) -> str:
        name = text.squash(text.strip_controls(self.cleaned_data["holder_name"]))
        if not name:
            raise forms.ValidationError(_("Write the name as the bank does."), code="required")
        return name
