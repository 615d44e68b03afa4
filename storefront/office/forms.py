"""What office pages are asked for: periods and filters, all optional, all kept in the address."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import Partner
from catalogue.kernel import text
from catalogue.kernel.periods import Period
from catalogue.pricing.models import Currency
from fulfilment.orders.models import Order
from fulfilment.warehouse.models import Consignment

LONGEST_DAYS = 366
YEARS = range(2000, 2101)
ANY = ("", _("all"))


class DayField(forms.DateField):
    """A day that the shop could have sold on; the calendar's far ends have no next or previous day to count to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(text.fold_digits(value) if isinstance(value, str) else value)
        if day and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class PeriodForm(forms.Form):
    from_day = DayField(label=pgettext_lazy("day", "From"))
    to_day = DayField(label=_("To, included"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("to_day")
        if first and last:
            if last < first:
                self.add_error("to_day", _("This day is before the first one."))
            elif (last - first).days >= LONGEST_DAYS:
                self.add_error("to_day", _("Choose one year at most."))
        return data

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["from_day"], self.cleaned_data["to_day"] + timedelta(days=1))


class AtForm(forms.Form):
    at = DayField(label=_("At the end of"), required=False)


class OrderFilter(forms.Form):
    q = forms.CharField(label=_("Number, phone or name"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *Order.Status.choices])
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=[ANY, *Currency.choices])
    country = forms.CharField(
        label=_("Country"), required=False, max_length=2, widget=forms.TextInput(attrs={"size": 4, "placeholder": "MA"})
    )
    from_day = DayField(label=pgettext_lazy("day", "From"), required=False)
    to_day = DayField(label=_("To, included"), required=False)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class ConsignmentFilter(forms.Form):
    q = forms.CharField(label=_("Parcel or order number"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("open", _("all that waits")), ("all", _("all")), *Consignment.State.choices],
    )
    cooperative = forms.ModelChoiceField(
        label=_("Cooperative"),
        required=False,
        queryset=Partner.objects.order_by("name"),
        to_field_name="slug",
        empty_label=ANY[1],
    )
