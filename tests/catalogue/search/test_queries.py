"""Finding products by words, on the real catalogue."""

import pytest

from catalogue.products.models import Product
from catalogue.search.queries import search

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]


def families(typed: str, language: str = "ar", first: int = 10) -> set[str]:
    found = search(typed, language).product_ids[:first]
    codes = Product.objects.filter(pk__in=found).values_list("family__code", flat=True)
    return {code.split("_")[0] for code in codes}


@pytest.mark.parametrize("typed", ["عسل", "العسل", "miel", "honey", "عَسَل", "Miels", "HONEY"])
def test_search_finds_honey_in_every_spelling(typed):
    assert families(typed) <= {"honey", "hive"}


@pytest.mark.parametrize("typed", ["أركان", "الأركان", "اركان", "argan", "argane", "ARGAN", "بالأركان", "أرڭان"])
def test_search_finds_argan_in_every_spelling(typed):
    found = search(typed, "ar")

    assert not found.guessed
    assert len(found.product_ids) > 200


@pytest.mark.parametrize("typed", ["كسكس", "الكسكس", "couscous", "Couscous"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_search_finds_couscous_from_any_language(typed, language):
    assert families(typed, language) == {"couscous"}


@pytest.mark.parametrize(("typed", "meant"), [("cousscous", "couscous"), ("saffran", "saffron")])
def test_search_takes_near_spellings_when_no_word_fits(typed, meant):
    assert search(typed, "fr").guessed
    assert meant in families(typed, "fr")


def test_search_finds_a_product_by_its_codes():
    product = Product.objects.get(sku="ARGF-001-001")

    assert search(product.upc, "ar").product_ids == [product.pk]
    assert search(product.sku, "ar").product_ids[0] == product.pk


def test_search_finds_products_by_place_and_cooperative():
    assert Product.objects.get(pk=search("safran taliouine", "fr").product_ids[0]).family.code == "saffron"
    assert search("Anamil Ihahan", "fr").product_ids


def test_search_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        search("miel de thym", "fr")
