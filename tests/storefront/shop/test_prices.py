"""How a price is made: the page anyone may check one with."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from catalogue.pricing.models import ExchangeRate, PriceList
from storefront.breakdown.words import MEANINGS, NAMES
from tests.factories.catalogue import make_product, make_stockrecord, publish_prices
from tests.factories.rates import replace_rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def price_list():
    for currency, rate in (("EUR", "10.80"), ("USD", "9.30")):
        ExchangeRate.objects.create(
            currency=currency, day=date(2026, 11, 20), mad_per_unit=Decimal(rate), source=f"Bank Al-Maghrib {currency}"
        )
    make_stockrecord()
    return publish_prices()


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_page_says_parts_rates_with_their_source_rounding_and_the_list(client, price_list, language):
    page = client.get(f"/{language}/prices/")

    html = page.content.decode()
    assert page.status_code == 200
    with override(language):
        told = [*map(str, NAMES.values()), *map(str, MEANINGS.values())]
    assert [text for text in told if text not in html] == []
    assert [(row.rate.mad_per_unit, row.rate.day, row.step, row.sample) for row in page.context["rates"]] == [
        (Decimal("10.80"), date(2026, 11, 20), Decimal("0.10"), Decimal("9.30")),
        (Decimal("9.30"), date(2026, 11, 20), Decimal("0.10"), Decimal("10.80")),
    ]
    assert ("Bank Al-Maghrib EUR" in html, "Bank Al-Maghrib USD" in html, price_list.reference in html) == (True,) * 3


def test_a_rate_replaced_since_is_still_said_to_be_the_list_s_source(client, price_list):
    replace_rate("11.00")

    rates = client.get("/en/prices/").context["rates"]

    assert [(row.rate.mad_per_unit, row.rate.source) for row in rates] == [
        (Decimal("10.80"), "Bank Al-Maghrib EUR"),
        (Decimal("9.30"), "Bank Al-Maghrib USD"),
    ]


def test_without_a_list_the_page_still_explains(client):
    assert not PriceList.objects.exists()

    page = client.get("/en/prices/")

    assert (page.status_code, page.context["rates"]) == (200, [])
    assert "No price list is in force" in page.content.decode()


def test_a_product_says_since_when_its_price_stands_and_leads_to_the_page(client):
    product = make_product()
    make_stockrecord(product=product)
    publish_prices(now=datetime(2026, 11, 19, 12, tzinfo=UTC))

    with override("en"):
        html = client.get(product.get_absolute_url()).content.decode()

    assert 'Price list of <time datetime="2026-11-19">' in html
    assert 'href="/en/prices/"' in html


def test_the_page_keeps_to_few_queries(client, price_list, django_assert_max_num_queries):
    client.get("/fr/prices/")

    with django_assert_max_num_queries(6):
        client.get("/fr/prices/")
