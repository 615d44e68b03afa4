"""The other pages, and what happens at addresses that lead nowhere."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from tests.factories.catalogue import make_cooperative, make_family, make_product, make_stockrecord, publish_prices

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("browser", "home"),
    [("fr-FR,fr;q=0.9", "/fr/"), ("en-US", "/en/"), ("ar-MA", "/ar/"), ("de", "/ar/"), ("", "/ar/")],
)
def test_front_door_leads_to_the_language_of_the_browser(client, browser, home):
    answer = client.get("/", HTTP_ACCEPT_LANGUAGE=browser)

    assert (answer.status_code, answer.headers["Location"]) == (302, home)


@pytest.mark.parametrize(
    ("path", "browser", "language", "direction"),
    [
        ("/ar/nothing/", "fr", "ar", "rtl"),
        ("/fr/nothing/", "ar", "fr", "ltr"),
        ("/de/", "fr", "fr", "ltr"),
        ("/de/katalog/", "ar", "ar", "rtl"),
        ("/fr/catalogue/miel_999999/", "", "fr", "ltr"),
        ("/fr/catalogue/miel_99999999999999999999/", "", "fr", "ltr"),
        ("/en/catalogue/category/honey_999999/", "", "en", "ltr"),
        ("/ar/regions/atlantis/", "", "ar", "rtl"),
        ("/en/cooperatives/nobody/", "", "en", "ltr"),
        ("/%00/", "fr", "fr", "ltr"),
        ("/fr/orders/%00/", "", "fr", "ltr"),
    ],
)
def test_unknown_address_is_answered_in_the_right_language(client, path, browser, language, direction):
    page = client.get(path, HTTP_ACCEPT_LANGUAGE=browser)

    assert page.status_code == 404
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert f'action="/{language}/search/"' in page.content.decode()


def test_home_answers_with_an_empty_shop(client):
    assert client.get("/ar/").status_code == 200


def test_cooperatives_have_pages_and_a_directory(client):
    atlas = make_cooperative(slug="atlas", members=40, women_members=31, founded_year=2009)
    make_stockrecord(cooperative=atlas)
    make_cooperative(slug="partie", is_active=False)
    publish_prices()

    directory, page = client.get("/fr/cooperatives/"), client.get("/fr/cooperatives/atlas/")

    assert "/fr/cooperatives/atlas/" in directory.content.decode()
    assert "partie" not in directory.content.decode()
    assert page.context["total"] == 1
    assert client.get("/fr/cooperatives/partie/").status_code == 404


def test_region_shows_its_products_and_cooperatives(client):
    make_stockrecord()
    publish_prices()

    page = client.get("/fr/regions/fes-meknes/")

    assert (page.context["total"], len(page.context["cooperatives"])) == (1, 1)
    assert client.get("/fr/regions/").status_code == 200


def test_old_slug_leads_to_the_category_for_good(client):
    shelf = make_family("honey").category
    with override("fr"):
        old = reverse("catalogue:category", kwargs={"category_slug": "vieux/nom", "pk": shelf.pk})
        new = shelf.get_absolute_url()

    answer = client.get(old + "?sort=price")

    assert (answer.status_code, answer.headers["Location"]) == (301, new + "?sort=price")


def test_sitemap_lists_products_in_three_languages(client):
    product = make_product(slug="miel")

    lines = b"".join(client.get("/sitemap.xml").streaming_content).decode()

    assert [f"/{language}/catalogue/miel_{product.pk}/</loc>" in lines for language in ("ar", "fr", "en")] == [True] * 3


def test_robots_keep_to_the_shop(client):
    assert b"Sitemap: http" in client.get("/robots.txt").content


def test_server_error_needs_nothing_that_may_be_broken(rf, django_assert_num_queries):
    from storefront.shop import errors

    with override("ar"), django_assert_num_queries(0):
        answer = errors.server_error(rf.get("/ar/"))

    assert answer.status_code == 500
    assert 'lang="ar" dir="rtl"' in answer.content.decode()


def test_form_without_its_cookie_is_answered_kindly():
    page = Client(enforce_csrf_checks=True).post("/fr/preferences/", {"currency": "EUR"})

    assert page.status_code == 403
    assert '<html lang="fr" dir="ltr">' in page.content.decode()
    assert 'action="/fr/search/"' in page.content.decode()
