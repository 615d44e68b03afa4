"""The menu shows each person the pages that open for them, and where they are."""

import re
from types import SimpleNamespace

import pytest
from django.urls import resolve

from storefront.office import menu, urls
from storefront.office.preparing import urls as preparing_urls
from storefront.office.stock import urls as stock_urls
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="([^"]+)"( aria-current="(?:true|page)")?')
PAGES = [page.name for area in menu.AREAS for page in area.pages]


def links(html: str, css: str) -> list[tuple[str, bool]]:
    """The links of one row of the menu, and whether they are where we are."""
    found = re.search(rf'<nav class="tabs {css}".*?</nav>', html, re.S)
    return [(url, bool(current)) for url, current in LINK.findall(found[0])] if found else []


def seen_by(client) -> set[str]:
    """Names of all pages that the menu leads to, area by area."""
    names = set()
    for url, _current in links(client.get(english("home")).content.decode(), "desk__tabs")[:-1]:
        html = client.get(url).content.decode()
        row = links(html, "desk__pages") or [(url, True)]
        assert [current for _url, current in row].count(True) == 1
        assert [current for _url, current in links(html, "desk__tabs")].count(True) == 1
        names |= {resolve(one).url_name for one, _current in row}
    return names


@pytest.mark.parametrize("group", ["support", "catalogue", "logistics", "finance", "director"])
def test_every_link_opens_and_every_page_that_opens_has_a_link(client, group):
    sign_in(client, make_staff(group))

    opened = {name for name in PAGES if client.get(english(name)).status_code == 200}

    assert seen_by(client) == opened
    assert opened >= {"home", "sales"}


def test_a_director_sees_all_of_it(client):
    sign_in(client, make_staff("director"))

    assert seen_by(client) == set(PAGES)


def test_each_page_stands_in_the_menu_once():
    assert len(PAGES) == len(set(PAGES))


def test_each_page_of_the_office_stands_under_a_page_of_the_menu():
    """One that nobody wrote into it would be found by its address alone."""
    patterns = (*urls.urlpatterns, *stock_urls.urlpatterns, *preparing_urls.urlpatterns)
    names = [pattern.name for pattern in patterns if getattr(pattern, "name", None)]

    assert [name for name in names if menu.place_of(SimpleNamespace(url_name=name, kwargs={})) is None] == []


@pytest.mark.parametrize(("kind", "page"), [("fee", "fees"), ("rate", "taxes"), ("sdr", "sdr-rates")])
def test_dated_rows_are_written_under_their_own_page(client, kind, page):
    sign_in(client, make_staff("director"))

    html = client.get(english("dated-add", kind)).content.decode()

    assert [url for url, current in links(html, "desk__pages") if current] == [english(page)]
