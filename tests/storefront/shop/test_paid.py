"""The public page of what cooperatives were paid: settled payments alone, and nobody's own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.places.models import Province, Region
from tests.factories.catalogue import make_cooperative, make_province, make_stockrecord
from tests.factories.payouts import deliver, pay_all

pytestmark = pytest.mark.django_db
PAGE_LIMIT = 6


def earn(number, price="80.00", **fields):
    for _ in range(number):
        cooperative = make_cooperative(**fields)
        record = make_stockrecord(cooperative=cooperative, price="2000.00", farm_gate=price)
        deliver((record, 1), method="card")


@pytest.fixture
def souss():
    fes = make_province().region
    Region.objects.create(
        code="MA-09",
        slug="souss",
        name="Souss-Massa",
        chief_town="Agadir",
        latitude=fes.latitude,
        longitude=fes.longitude,
        population_2024=1,
    )
    province = make_province("TAR", "Taroudant")
    Province.objects.filter(pk=province.pk).update(region=Region.objects.get(code="MA-09"))
    return province


def read(client, language="en"):
    page = client.get(f"/{language}/paid/")
    assert page.status_code == 200
    return page.content.decode().replace("\xa0", " ")


def test_it_says_what_was_paid_by_region_and_to_women(client, souss):
    earn(3, is_womens=True)
    earn(4, "100.00", province=souss)
    pay_all()
    earn(3, "99.00", province=souss)

    html = read(client)

    assert [sum_ in html for sum_ in ("MAD 640.00", "MAD 240.00", "MAD 400.00")] == [True] * 3
    assert ("Souss-Massa" in html, "297.00" in html) == (True, False)


def test_a_region_of_two_is_not_named(client, souss):
    earn(4)
    earn(3, "50.00", province=make_province())
    earn(2, "100.00", province=souss)
    pay_all()

    html = read(client)

    assert ("Souss-Massa" in html, "MAD 200.00" in html) == (False, False)
    assert "MAD 670.00" in html


def test_regions_are_named_in_the_language_of_the_page(client, souss):
    Region.objects.filter(slug="souss").update(name_ar="سوس ماسة", name_fr="Souss-Massa")
    earn(3, province=souss)
    pay_all()

    said = {language: read(client, language) for language in ("ar", "fr")}

    assert ["سوس ماسة" in html for html in said.values()] == [True, False]
    assert ["<bdi>Souss-Massa</bdi>" in html for html in said.values()] == [False, True]


def test_nothing_is_told_while_fewer_than_three_were_paid(client):
    earn(2)
    pay_all()

    html = read(client)

    assert ("MAD" in html.partition("<article")[2].partition("</article>")[0], "80.00" in html) == (False, False)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_it_opens_in_each_language_is_linked_and_asks_a_fixed_number(client, language, django_assert_num_queries):
    earn(3)
    pay_all()
    read(client, language)
    with CaptureQueriesContext(connection) as first:
        read(client, language)
    earn(3)
    pay_all()

    with django_assert_num_queries(len(first)):
        html = read(client, language)

    assert len(first) <= PAGE_LIMIT
    assert f'lang="{language}"' in html
    assert f'href="/{language}/paid/"' in client.get(f"/{language}/prices/").content.decode()
