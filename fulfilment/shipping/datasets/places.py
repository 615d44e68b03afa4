"""Zones and tariffs, countries served."""

from typing import NamedTuple

from catalogue.kernel import translated
from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, register
from catalogue.kernel.money import CURRENCIES
from catalogue.places.models import Country
from fulfilment.shipping.models import DeliveryCountry, DeliveryZone, Tariff

COLD_DAYS = 2
METHODS = ("home", "relay", "express", "post_economy", "post_ems", "courier")
MOROCCO = {"name_ar": "المغرب", "name_fr": "Maroc", "name_en": "Morocco"}


class TariffRow(NamedTuple):
    zone: DeliveryZone
    tariff: Tariff


@register
class Tariffs(Dataset[TariffRow]):
    file = "delivery_zones.csv"
    columns = (
        *("zone_code", "scope", "zone_ar", "zone_fr", "zone_en", "method", "weight_from_g", "weight_to_g"),
        *("price_mad", "lead_min_days", "lead_max_days", "cod_allowed", "cod_fee_mad", "cod_max_mad"),
        *("volumetric_divisor", "insured_to_mad", "insurance_pct_above", "return_fee_mad", "free_from_mad"),
        "customs_form",
    )
    label = "zone_code+method+weight_from_g"

    def read(self, cells: Cells) -> TariffRow:
        zone = DeliveryZone(
            code=cells.text("zone_code", max_length=8),
            scope=cells.choice("scope", ("domestic", "international")),
            **translated.read(cells, "name", "zone", max_length=120),
        )
        tariff = Tariff(
            method=cells.choice("method", METHODS),
            weight_from_g=cells.integer("weight_from_g"),
            weight_to_g=cells.integer("weight_to_g", minimum=1),
            price_mad=cells.number("price_mad"),
            lead_min_days=cells.integer("lead_min_days", maximum=365),
            lead_max_days=cells.integer("lead_max_days", maximum=365),
            cod_allowed=cells.flag("cod_allowed"),
            cod_fee_mad=cells.number("cod_fee_mad", required=False) or 0,
            volumetric_divisor=cells.integer("volumetric_divisor", minimum=1),
            customs_form=cells.text("customs_form", required=False, max_length=40),
            **{name: cells.number(name, required=False) for name in OPTIONAL},
        )
        tariff.cold_chain = cells.flag("cold_chain") if "cold_chain" in cells.values else _keeps_cold(zone, tariff)
        if (tariff.weight_to_g or 0) <= (tariff.weight_from_g or 0):
            cells.refuse("weight_to_g is not above weight_from_g")
        if (tariff.lead_max_days or 0) < (tariff.lead_min_days or 0):
            cells.refuse("lead_max_days is below lead_min_days")
        return TariffRow(zone, tariff)

    def apply(self, items: list[TariffRow], context: Context) -> Counts:
        zones = {row.zone.code: row.zone for row in items}
        counts = upsert(DeliveryZone, zones.values(), key=("code",), fields=("scope", *translated.columns("name")))
        for row in items:
            row.tariff.zone_id = zones[row.zone.code].pk
        fields = (
            *("weight_to_g", "price_mad", "lead_min_days", "lead_max_days", "cod_allowed", "cod_fee_mad"),
            *("volumetric_divisor", "customs_form", "cold_chain", *OPTIONAL),
        )
        tariffs = [row.tariff for row in items]
        return counts + upsert(Tariff, tariffs, key=("zone", "method", "weight_from_g"), fields=fields)


def _keeps_cold(zone: DeliveryZone, tariff: Tariff) -> bool:
    """Say for a folder that does not whether cold goods may travel by a tariff: at home, to the door, in two days."""
    days = tariff.lead_max_days
    return zone.scope == "domestic" and tariff.method != "relay" and days is not None and days <= COLD_DAYS


OPTIONAL = ("cod_max_mad", "insured_to_mad", "insurance_pct_above", "return_fee_mad", "free_from_mad")


class CountryRow(NamedTuple):
    country: DeliveryCountry
    zone: str


@register
class Countries(Dataset[CountryRow]):
    file = "delivery_countries.csv"
    columns = (
        *("iso2", "name_ar", "name_fr", "name_en", "zone_code", "currency", "block"),
        *("consumer_import_note", "preferential_proof"),
    )
    label = "iso2"
    after = ("delivery_zones.csv",)

    def read(self, cells: Cells) -> CountryRow:
        country = DeliveryCountry(
            iso2=cells.checked(
                "iso2", lambda code: len(code) == 2 and code.isascii() and code.isupper(), "iso2 is no country code"
            ),
            **translated.read(cells, "name", max_length=80),
            currency=cells.choice("currency", CURRENCIES),
            block=cells.text("block", max_length=8),
            import_note=cells.text("consumer_import_note", required=False, max_length=1000),
            preferential_proof=cells.text("preferential_proof", required=False, max_length=200),
        )
        return CountryRow(country, cells.text("zone_code"))

    def check(self, items: list[CountryRow], context: Context) -> None:
        zones = {row.zone.code for row in context.items.get("delivery_zones.csv", [])}
        for row in items:
            if zones and row.zone not in zones:
                context.refuse(self.file, f"iso2 {row.country.iso2}", f'unknown zone "{row.zone}"', row.country.iso2)

    def apply(self, items: list[CountryRow], context: Context) -> Counts:
        """Write the countries served, Morocco first: its zones follow its provinces."""
        zones = dict(DeliveryZone.objects.values_list("code", "pk"))
        for row in items:
            row.country.zone_id = zones[row.zone]
        morocco = DeliveryCountry(iso2="MA", currency="MAD", block="MA", **MOROCCO)
        served = [morocco, *(row.country for row in items)]
        fields = ("zone", "currency", "block", "import_note", "preferential_proof", *translated.columns("name"))
        counts = upsert(DeliveryCountry, served, key=("iso2",), fields=fields)
        return counts + upsert(
            Country,
            [_address_country(country) for country in served],
            key=("iso_3166_1_a2",),
            fields=("printable_name", "name", "is_shipping_country", "display_order"),
        )


def _address_country(country: DeliveryCountry) -> Country:
    """Return the row that addresses point at; pages show the translated name of the country served."""
    english = vars(country)["name_en"]
    return Country(
        iso_3166_1_a2=country.iso2,
        printable_name=english,
        name=english,
        is_shipping_country=True,
        display_order=1 if country.iso2 == "MA" else 0,
    )
