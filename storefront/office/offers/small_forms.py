"""What a batch of codes and an agreement need, checked field by field."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel.periods import day_of
from storefront.customer.fields import DayField
from storefront.vouchers.models import Voucher, VoucherSet
from storefront.vouchers.operations import MOST_CODES

from .fields import FigureField, WholeField

USAGES = [
    (Voucher.SINGLE_USE, _("each code counts in one order")),
    (Voucher.ONCE_PER_CUSTOMER, _("each customer may use it once")),
    (Voucher.MULTI_USE, _("everybody may use it")),
]


class CodesForm(forms.Form):
    """A batch of codes for one offer."""

    batch = forms.CharField(label=_("Name of the batch"), max_length=100)
    count = WholeField(label=_("How many codes"), required=True, most=MOST_CODES, initial=1)
    usage = forms.ChoiceField(label=_("How often"), choices=USAGES)
    max_uses = WholeField(label=_("Orders with one code in all, at most"))
    ends_on = DayField(label=_("Last day, included"))

    def clean_batch(self) -> str:
        if VoucherSet.objects.filter(name=self.cleaned_data["batch"]).exists():
            raise forms.ValidationError(_("Another batch has this name."))
        return str(self.cleaned_data["batch"])

    def clean_ends_on(self) -> Any:
        if self.cleaned_data["ends_on"] < day_of(timezone.now()):
            raise forms.ValidationError(_("This day is over."))
        return self.cleaned_data["ends_on"]


class AgreementForm(forms.Form):
    """What a cooperative agreed to give up of its farm-gate amount."""

    cooperative = forms.ModelChoiceField(label=_("Cooperative"), queryset=Partner.objects.order_by("name"))
    product = forms.CharField(
        label=_("Only this product (number)"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    gives_up_pct = FigureField(
        label=_("Gives up at most, in percent of what it gets"), required=True, most=Decimal(100)
    )
    agreed_by = forms.CharField(label=_("Who agreed there"), max_length=120)
    from_day = DayField(label=_("First day"))
    to_day = DayField(label=_("Last day, included"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last, number = data.get("from_day"), data.get("to_day"), data.get("product")
        if first and last and last < first:
            self.add_error("to_day", _("This day is before the first one."))
        data["stockrecord"] = None
        if number and data.get("cooperative"):
            data["stockrecord"] = StockRecord.objects.filter(partner=data["cooperative"], product__sku=number).first()
            if data["stockrecord"] is None:
                self.add_error("product", _("This cooperative does not sell such a product."))
        return data
