"""What the office types beside a courier's file, and about what differs in it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel import sheets
from fulfilment.payments.models import RemittanceLine
from fulfilment.payments.remitting.queries import colleagues
from fulfilment.shipping.models import Courier
from storefront.customer.fields import DayField

from .forms import LineField, NumberField


class FileForm(forms.Form):
    courier = forms.ModelChoiceField(label=_("Courier"), queryset=Courier.objects.order_by("name"))
    file = forms.FileField(
        label=_("The courier's file"),
        max_length=120,
        help_text=_(
            "CSV or XLSX, with the columns Parcel and Amount (what the buyer paid), and Fee where they kept some."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    received = NumberField(label=_("Amount that came"), places=2, currency="MAD")
    fees = NumberField(
        label=_("Fees they kept"),
        places=2,
        currency="MAD",
        required=False,
        help_text=_("Leave it empty to take the sum of the file."),
    )
    received_on = DayField(label=_("Received on"))
    reference = LineField(label=_("Reference of the receipt"), max_length=60)

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > sheets.LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MiB. Split it into several."))
        self.name = LineField(required=False).clean(upload.name)
        content: bytes = upload.read()
        return content

    def clean_received(self) -> Decimal:
        return _not_below_zero(self.cleaned_data["received"])

    def clean_fees(self) -> Decimal | None:
        fees = self.cleaned_data["fees"]
        return None if fees is None else _not_below_zero(fees)


def _not_below_zero(amount: Decimal) -> Decimal:
    if not 0 <= amount < 10**9:
        raise forms.ValidationError(_("Write an amount that is not below zero, and below a thousand million."))
    return amount


class DaysForm(forms.Form):
    courier = forms.ModelChoiceField(label=_("Courier"), queryset=Courier.objects.order_by("name"))
    days = forms.IntegerField(label=_("Hands cash in within (days)"), min_value=1, max_value=60)


class CloseForm(forms.Form):
    how = forms.ChoiceField(
        label=pgettext_lazy("remittance", "How it ended"),
        choices=[choice for choice in RemittanceLine.How.choices if choice[0] != RemittanceLine.How.PLACED],
    )
    reason = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


class PlaceForm(forms.Form):
    parcel = LineField(label=_("Parcel it was for"), max_length=60)
    reason = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


class HandForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Colleague"), queryset=None)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = colleagues()
