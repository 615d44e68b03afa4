"""What office pages are asked for: periods and filters, all optional, all kept in the address."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.cooperatives.models import Partner
from catalogue.kernel import numerals, text
from catalogue.kernel.money import MAD
from catalogue.kernel.periods import Period
from catalogue.pricing.models import Currency
from fulfilment.orders.models import ConfirmationCall, Order
from fulfilment.warehouse.models import Consignment, DeliveryAttempt

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


class LineField(forms.CharField):
    """One line of text, without marks that hide the way it is read."""

    def to_python(self, value: Any) -> str:
        return text.squash(text.strip_controls(super().to_python(value) or ""))


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


class NumberField(forms.CharField):
    """A number typed in any usual way, ``places`` decimals at most; says what was understood of anything else."""

    def __init__(self, *, places: int = 2, currency: str = MAD, **options: Any) -> None:
        self.places, self.currency = places, currency
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=60, **options)

    def clean(self, value: Any) -> Decimal | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return numerals.parse_decimal(typed, self.places, currency=self.currency)
        except numerals.NotANumber as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from None


class RateForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, name) for code, name in Currency.choices if code != MAD]
    )
    day = DayField(label=_("Day"))
    mad_per_unit = NumberField(label=_("Dirhams for one unit"), places=6)


class GroundsForm(forms.Form):
    """Why a person decides as they do."""

    note = LineField(label=pgettext_lazy("decision", "Why"), max_length=200)


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


class CallForm(forms.Form):
    """How a call of the desk ended; a buyer who does not want the order says why."""

    number = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(choices=ConfirmationCall.Outcome.choices)
    note = LineField(max_length=200, required=False)


class DoorForm(forms.Form):
    """How a visit of the courier ended. ``number``: which visit whoever fills it in has before them."""

    number = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(choices=DeliveryAttempt.Outcome.choices)
    reason = forms.ChoiceField(choices=[("", ""), *DeliveryAttempt.Reason.choices], required=False)


class RemitForm(forms.Form):
    amount = NumberField(label=_("Amount handed in"), places=2, currency="MAD")
    received_on = DayField(label=_("Received on"))
    reference = LineField(label=_("Reference of the receipt"), max_length=60)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount
