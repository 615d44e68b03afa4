"""What the office types of drivers: who, for whom, for which days."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import phones
from fulfilment.shipping.models import Courier
from storefront.office.forms import LineField, PeriodForm


class DriverForm(PeriodForm):
    name = LineField(label=_("Name"), max_length=80)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "dir": "ltr"})
    )
    courier = forms.ModelChoiceField(
        label=_("Courier"), queryset=Courier.objects.filter(is_active=True).order_by("kind", "name")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("name", "phone", "courier", "language", "from_day", "to_day")

    def clean_phone(self) -> str:
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except phones.NotAPhone:
            raise forms.ValidationError(_("We cannot read this as a phone number. Example: 06 12 34 56 78.")) from None


class ClosingForm(forms.Form):
    note = LineField(label=_("How it was seen to"), max_length=200)
