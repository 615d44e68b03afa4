"""What the office types about payouts: the least that is paid, the bank's statement, and how a payment ended."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel import sheets
from fulfilment.payouts.models import Payout

from .forms import DayField, LineField, NumberField


class MinimumForm(forms.Form):
    amount_mad = NumberField(label=_("Least amount that is paid"), places=2, currency="MAD")
    from_day = DayField(label=pgettext_lazy("day", "From"))

    def clean_amount_mad(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount_mad"]
        if not 0 <= amount < 10_000:
            raise forms.ValidationError(_("Write an amount that is not below zero, and below ten thousand."))
        return amount


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("The bank's statement"),
        max_length=120,
        help_text=_("camt.053, or a table in CSV or XLSX with a balance in each row."),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > sheets.LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MiB. Split it into several."))
        self.name = LineField(required=False).clean(upload.name)
        content: bytes = upload.read()
        return content


class ProofForm(forms.Form):
    proof = LineField(label=_("Number of the receipt or cheque"), max_length=80)


class ReturnForm(forms.Form):
    reason = LineField(label=_("Why it came back"), max_length=140)


class NotCarriedOutForm(forms.Form):
    reason = LineField(label=_("Why the bank did not carry it out"), max_length=140)
    paper = LineField(
        label=_("The bank's message or paper"),
        max_length=80,
        help_text=_("Its number or its day, such as pain.002 or a letter."),
    )
    blocks = forms.BooleanField(label=_("The account is at fault: pay nothing more to it"), required=False)


class LineIsOfForm(forms.Form):
    payout = LineField(
        label=_("Reference of the payout"),
        max_length=35,
        widget=forms.TextInput(attrs={"list": "may-be-of", "dir": "ltr"}),
    )
    reason = LineField(label=pgettext_lazy("bank line", "How you know"), max_length=140, required=False)

    def clean_payout(self) -> Payout:
        found = Payout.objects.filter(reference=self.cleaned_data["payout"].upper()).first()
        if found is None:
            raise forms.ValidationError(_("No payout has this reference."))
        return found


class SendBackForm(forms.Form):
    reason = LineField(label=pgettext_lazy("payout run", "Why it is sent back"), max_length=200)


class CancelForm(forms.Form):
    reason = LineField(label=pgettext_lazy("payout run", "Why it is thrown away"), max_length=200, required=False)


class CloseLineForm(forms.Form):
    why = LineField(label=pgettext_lazy("bank line", "How it was seen to"), max_length=200)
