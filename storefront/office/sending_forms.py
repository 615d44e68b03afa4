"""What the office types about sending abroad: papers of cooperatives, rules of countries. Both hold from a day on."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.cooperatives.models import Partner
from catalogue.kernel.numerals import NotANumber, parse_decimal
from catalogue.places.models import Holiday
from catalogue.places.names import country_name, country_names
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import ExportRestriction, ImportRule
from storefront.customer.fields import DayField
from storefront.office.forms import LineField

BLOCKS = {
    "EU": _("European Union"),
    "GB": _("United Kingdom"),
    "CH": _("Switzerland"),
    "EFTA": _("Norway (EFTA)"),
    "US": _("United States"),
    "CA": _("Canada"),
    "GCC": _("Gulf countries"),
    "OTHER": _("Other countries"),
}
FLAGS = {
    "ANIMAL_ORIGIN_DAIRY": _("Dairy"),
    "ANIMAL_ORIGIN_MEAT": _("Meat"),
    "ANIMAL_ORIGIN_HONEY": _("Honey"),
    "ANIMAL_ORIGIN_FISH": _("Fish"),
    "OLIVE_EXPORT_LICENCE_CHECK": _("Olive products (export licence)"),
    "FLAMMABLE_AIR": _("What can catch fire, by air"),
    "ANY_FOOD": _("Any food"),
}
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "NOK", "CAD", "MAD")
LARGEST = Decimal("99999999.99")


def place_name(block: str, country: str = "") -> str:
    """Name a country, or a whole block."""
    return country_name((get_language() or "fr")[:2], country) if country else str(BLOCKS.get(block, block))


def flag_name(flag: str) -> str:
    return str(FLAGS.get(flag, flag))


class FigureField(forms.CharField):
    """A figure that may be left out, in any of the usual ways to write one."""

    def __init__(self, *, largest: Decimal = LARGEST, **kwargs: Any) -> None:
        self.largest = largest
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"})
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        written = super().to_python(value)
        if not written:
            return None
        try:
            number = parse_decimal(written)
        except NotANumber as refused:
            raise forms.ValidationError(str(refused)) from None
        if not 0 <= number <= self.largest:
            raise forms.ValidationError(_("This is out of reach: from 0 to %(most)s."), params={"most": self.largest})
        return number

    def run_validators(self, value: Any) -> None:
        """Leave out the validators of text."""


class DatedForm(forms.Form):
    valid_from = DayField(label=pgettext_lazy("day", "From"))
    valid_until = DayField(
        label=_("Until, that day excluded"), required=False, help_text=_("Empty: until further notice.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, until = data.get("valid_from"), data.get("valid_until")
        if first and until and until <= first:
            self.add_error("valid_until", _("This day is not after the first one."))
        return data


class PermissionForm(DatedForm):
    """Papers of one cooperative, or of the whole office when none is chosen."""

    cooperative = forms.ModelChoiceField(
        label=_("Cooperative"),
        required=False,
        queryset=Partner.objects.order_by("name"),
        to_field_name="slug",
        empty_label=_("the whole office"),
    )
    rule = forms.ChoiceField(label=_("What, and where to"))
    reference = LineField(
        label=_("Reference of the papers"),
        max_length=80,
        help_text=_("Such as the TRACES number, the FDA registration or the export licence."),
    )
    note = LineField(label=_("Note"), max_length=300, required=False)
    field_order = ("cooperative", "rule", "reference", "valid_from", "valid_until", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reviewed = ExportRestriction.objects.filter(b2c=ExportRestriction.Rule.REVIEW).order_by("block", "ship_flag")
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            (f"{rule.block} {rule.ship_flag}", f"{place_name(rule.block)}: {flag_name(rule.ship_flag)}")
            for rule in reviewed
        ]

    def values(self) -> dict[str, Any]:
        """Return what ``sending.operations.permit`` takes."""
        data = dict(self.cleaned_data)
        data["block"], data["ship_flag"] = data.pop("rule").split(" ", 1)
        return data


class ImportRuleForm(DatedForm):
    """A rule of a block, or of one of its countries laid over it."""

    place = forms.ChoiceField(label=_("Country or group of countries"))
    regime = forms.ChoiceField(label=_("What is asked there"), required=False, choices=ImportRule.Regime.choices)
    vat_pct = FigureField(label=_("VAT on import, %"), largest=Decimal("99.99"), help_text=_("Empty: local rate."))
    currency = forms.ChoiceField(
        label=_("Currency of the amounts"), required=False, choices=[("", "–"), *((code, code) for code in CURRENCIES)]
    )
    value_limit = FigureField(label=_("Value of goods up to which this holds"))
    duty_per_heading = FigureField(label=_("Duty for each tariff heading"))
    tax_waived_under = FigureField(label=_("Tax is waived under"))
    announces_food = forms.BooleanField(label=_("Food is announced to the authorities beforehand"), required=False)
    seller_number = LineField(
        label=_("Our tax number there (IOSS, VAT, VOEC)"),
        max_length=40,
        required=False,
        help_text=_("Only once the office pays import VAT there itself: pages then say that nothing more is asked."),
    )
    source = LineField(label=_("Source"), max_length=200, required=False)
    confidence = LineField(label=_("How sure we are"), max_length=80)
    field_order = (
        *("place", "regime", "vat_pct", "currency", "value_limit", "duty_per_heading", "tax_waived_under"),
        *("announces_food", "seller_number", "valid_from", "valid_until", "source", "confidence"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code for code in shipping.destinations() if shipping.block_of(code) in BLOCKS]
        countries = country_names((get_language() or "fr")[:2], tuple(codes))
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            *((block, str(name)) for block, name in BLOCKS.items()),
            *((f"{shipping.block_of(code)} {code}", name) for code, name in countries),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("place") in BLOCKS and not data.get("regime"):
            self.add_error("regime", _("For a whole group, choose what is asked there."))
        amounts = ("value_limit", "duty_per_heading", "tax_waived_under")
        if not data.get("currency") and any(data.get(name) is not None for name in amounts):
            self.add_error("currency", _("Choose the currency of these amounts."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what ``arrivals.operations.record_import_rule`` takes."""
        data = dict(self.cleaned_data)
        data["block"], _space, data["country"] = data.pop("place").partition(" ")
        return data


class HolidayForm(forms.Form):
    """Days off that the moon or the government decides."""

    feast = forms.ChoiceField(label=_("Feast"), choices=Holiday.Feast.choices)
    first_day = DayField(label=_("First day"))
    until = DayField(label=_("Until, that day excluded"))
    expected = forms.BooleanField(label=_("Expected, not announced yet"), required=False)
    note = LineField(label=_("Source or reason"), required=False, max_length=200)
