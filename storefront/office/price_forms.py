"""What the office types about prices: fees, taxes, sellers, and when a list starts."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.cooperatives.models import Partner
from catalogue.kernel import numerals, periods, text
from catalogue.pricing.models import (
    CooperativeTaxStatus,
    Fee,
    SellerOfRecord,
    Source,
    StampDuty,
    VatClass,
    VatRate,
)
from catalogue.products.models import Family
from storefront.customer.fields import DayField

MOST_DUTY_PCT = 10
PERCENTAGES = (Fee.Basis.FARM_GATE, Fee.Basis.PRICE)


class AmountField(forms.CharField):
    """A number as people type it; ``unit`` is a sign that may stand beside it."""

    def __init__(self, *, places: int, unit: str = "", **options: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}), **options)
        self.places, self.unit = places, unit

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        if self.unit:
            typed = text.fold_digits(typed).replace(self.unit, " ")
        try:
            amount = numerals.parse_decimal(typed, self.places)
        except numerals.NotANumber as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if amount < 0:
            raise forms.ValidationError(_("This cannot be less than nothing."))
        if amount >= 1_000_000:
            raise forms.ValidationError(_("This is too much to be meant."))
        return amount


class PrepareForm(forms.Form):
    """When a new list starts: as soon as it is published, or at a day and an hour."""

    start_day = DayField(label=gettext_lazy("Starts on"), required=False, help_text=gettext_lazy("empty: at once"))
    start_time = forms.TimeField(
        label=gettext_lazy("at, Casablanca time"),
        required=False,
        initial=time(6),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Made from"),
        choices=[(source.value, source.label) for source in (Source.SCHEDULES, Source.OPENING)],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, hour = data.get("start_day"), data.get("start_time") or time(0)
        data["starts_at"] = None
        if day:
            try:
                data["starts_at"] = periods.instant_of(datetime.combine(day, hour))
            except periods.NoSuchHour:
                self.add_error("start_time", _("The clock is put forward over this hour."))
        return data


class DatedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new row; ``today`` is the first day it may begin."""

    valid_from = DayField(label=gettext_lazy("From"))
    valid_until = DayField(label=gettext_lazy("Until, that day excluded"), required=False)

    class Meta:
        fields: tuple[str, ...] = ("valid_from", "valid_until", "note")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.order_fields([name for name in self.fields if name not in DatedForm.Meta.fields])

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over: prices of the past stay as they were."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last <= first:
            self.add_error("valid_until", _("This day is before the first one."))
        return data


class FeeForm(DatedForm):
    family = forms.ModelChoiceField(
        Family.objects.order_by("name"),
        label=gettext_lazy("Family"),
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("all families"),
    )
    value = AmountField(label=gettext_lazy("Value"), places=4, unit="%")

    class Meta(DatedForm.Meta):
        model = Fee
        fields = ("part", "family", "basis", "value", *DatedForm.Meta.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        value = data.get("value")
        if value is not None and data.get("basis") in PERCENTAGES and value >= 100:
            self.add_error("value", _("A share is less than 100%: fees over it leave nothing."))
        return data


class VatRateForm(DatedForm):
    vat_class = forms.ModelChoiceField(
        VatClass.objects.order_by("code"), label=gettext_lazy("Class"), to_field_name="code"
    )
    rate_pct = AmountField(label=gettext_lazy("Rate, %"), places=2, unit="%")

    class Meta(DatedForm.Meta):
        model = VatRate
        fields = ("vat_class", "side", "destination", "rate_pct", *DatedForm.Meta.fields)

    def clean_destination(self) -> str:
        return str(self.cleaned_data["destination"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        rate, side, country = data.get("rate_pct"), data.get("side"), data.get("destination")
        if rate is not None and rate >= 100:
            self.add_error("rate_pct", _("A rate is less than 100."))
        elif rate and side == "export":
            self.add_error("rate_pct", _("Exports are zero-rated: a list holds one export price for all countries."))
        if country and (side == "home") != (country == "MA"):
            self.add_error("destination", _("This country is not on that tax side."))
        elif country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            self.add_error("destination", _("Write the two letters of a country, such as FR."))
        return data


class CooperativeForm(DatedForm):
    cooperative = forms.ModelChoiceField(
        Partner.objects.order_by("name"), label=gettext_lazy("Cooperative"), to_field_name="slug"
    )


class TaxStatusForm(CooperativeForm):
    class Meta(DatedForm.Meta):
        model = CooperativeTaxStatus
        fields = ("cooperative", "status", *DatedForm.Meta.fields)


class SellerForm(CooperativeForm):
    class Meta(DatedForm.Meta):
        model = SellerOfRecord
        fields = ("cooperative", "seller", *DatedForm.Meta.fields)


class StampDutyForm(DatedForm):
    rate_pct = AmountField(label=gettext_lazy("Rate, %"), places=2, unit="%")

    class Meta(DatedForm.Meta):
        model = StampDuty
        fields = ("rate_pct", "borne_by", *DatedForm.Meta.fields)

    def clean_rate_pct(self) -> Any:
        rate = self.cleaned_data["rate_pct"]
        if rate is not None and not 0 < rate <= MOST_DUTY_PCT:
            raise forms.ValidationError(_("The duty is above nothing and at most 10%. To have none, end the row."))
        return rate


class EndForm(forms.Form):
    until = DayField(label=gettext_lazy("Ends before"))
