import csv
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.http import Http404
from django.test import RequestFactory

from storefront.shop import drawings
from storefront.shop.drawings import views
from storefront.shop.drawings.families import FAMILIES
from storefront.shop.drawings.packs import PACKS
from storefront.shop.drawings.studio import UnknownFamily, draw

DATA = settings.BASE_DIR / "catalogue" / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def looks():
    """Every family, packaging and variant that the catalogue sells."""
    return sorted({(row["family"], row["sale_unit"], row["variant"]) for row in rows("products.csv")})


def test_every_family_of_the_data_has_a_drawing():
    assert sorted(FAMILIES) == sorted(row["family"] for row in rows("families.csv"))


def test_every_packaging_of_the_data_has_a_silhouette(looks):
    assert {unit for _, unit, _ in looks} - {"piece"} == set(PACKS)


def test_no_two_families_are_drawn_alike():
    assert len({draw(family) for family in FAMILIES}) == len(FAMILIES)


def test_no_two_packagings_are_drawn_alike():
    assert len({draw("amlou", sale_unit=unit) for unit in PACKS}) == len(PACKS)


def test_drawings_are_small_well_formed_and_without_script(looks):
    for family, unit, variant in looks:
        svg = draw(family, sale_unit=unit, variant=variant)

        tags = {element.tag.partition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse"}, (family, variant)
        assert len(svg.encode()) <= 4096, (family, variant)


def test_a_drawing_is_always_the_same():
    first = draw("rug_knotted", variant="azilal")
    draw.cache_clear()

    assert draw("rug_knotted", variant="azilal") == first


def test_an_unknown_variant_or_packaging_falls_back_to_the_usual_one():
    assert draw("copper", variant="<script>") == draw("copper")
    assert "<svg" in draw("amlou", sale_unit="barrel", variant="<script>")


def test_an_unknown_family_is_refused():
    with pytest.raises(UnknownFamily):
        draw("petrol")


def test_the_view_answers_with_a_picture_that_may_be_kept():
    response = views.drawing(RequestFactory().get("/drawings/amlou-jar.svg?v=almond"), "amlou-jar")

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=604800"
    assert response.content.decode() == draw("amlou", sale_unit="jar", variant="almond")


def test_the_view_says_when_a_kept_picture_is_still_good():
    first = views.drawing(RequestFactory().get("/drawings/amlou.svg"), "amlou")

    again = views.drawing(
        RequestFactory().get("/drawings/amlou.svg", headers={"if-none-match": first["ETag"]}), "amlou"
    )

    assert again.status_code == 304


def test_the_view_knows_no_other_names():
    with pytest.raises(Http404):
        views.drawing(RequestFactory().get("/drawings/petrol.svg"), "petrol")


def test_url_names_family_packaging_and_variant():
    assert drawings.url("amlou", sale_unit="jar", variant="almond") == "/drawings/amlou-jar.svg?v=almond"
