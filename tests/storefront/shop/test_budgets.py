"""Queries and bytes of the pages that everyone opens, on the real catalogue."""

import pytest
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import override

from catalogue.products.models import Category, Product

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue_data]
KB = 1024
LANGUAGES = ["ar", "fr", "en"]


def address(name: str, language: str, **kwargs: object) -> str:
    with override(language):
        return reverse(name, kwargs=kwargs or None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_keeps_its_budget(visit, language):
    page = visit(address("home", language))

    assert page.status_code == 200
    assert len(page.queries) <= 8
    assert len(page.content) <= 45 * KB


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", ["", "?sort=price&page=3", "?region=souss-massa", "?page=999999"])
def test_everything_keeps_its_budget(visit, language, query):
    page = visit(address("catalogue:index", language) + query)

    assert len(page.queries) <= 8
    assert len(page.content) <= 45 * KB


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_top_category_keeps_its_budget(visit, language):
    for category in Category.objects.filter(depth=1):
        with override(language):
            page = visit(category.get_absolute_url())

        assert (page.status_code, len(page.queries) <= 8, len(page.content) <= 45 * KB) == (200, True, True), category


@pytest.mark.parametrize("typed", ["عسل", "argan", "sauce qui n'existe pas", "cousscous"])
def test_search_keeps_its_budget(visit, typed):
    page = visit(address("search:search", "ar"), data={"q": typed})

    assert len(page.queries) <= 8
    assert len(page.content) <= 45 * KB


@pytest.mark.parametrize("shopping", [("MAD", "MA"), ("EUR", "FR")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_products_keep_their_budget(client, visit, language, shopping):
    client.cookies["currency"], client.cookies["destination"] = shopping
    with override(language):
        pages = [visit(product.get_absolute_url()) for product in one_of_each_kind()]

    assert {page.status_code for page in pages} == {200}
    assert max(len(page.queries) for page in pages) <= 6
    assert max(len(page.content) for page in pages) <= 25 * KB


def one_of_each_kind() -> list[Product]:
    """A product of each kind, one of two sellers, and the one with most to say."""
    chosen = {product.kind: product for product in Product.objects.filter(is_public=True).order_by("pk")}
    shared = Product.objects.filter(is_public=True, stockrecords__partner__gt=1).order_by("-pk").first()
    longest = (
        Product.objects.filter(is_public=True, status="published").order_by(Length("description_ar").desc()).first()
    )
    return [*chosen.values(), shared, longest]


def test_first_visit_of_all_stays_small(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(address("home", "ar"))
