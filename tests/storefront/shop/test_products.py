"""A product's page: its price and the parts of it, who sells it, where it may go, what machines read."""

import json
import re
from decimal import Decimal
from itertools import product as pairs

import pytest
from django.urls import reverse
from django.utils.translation import override

from catalogue.products.models import Component, Product
from fulfilment.shipping.models import DeliveryCountry, ExportRestriction
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord, publish_prices

pytestmark = pytest.mark.django_db


def address(product: Product, language: str = "fr") -> str:
    with override(language):
        return product.get_absolute_url()


def breakdown(page: object) -> list[Decimal]:
    table = re.search(r"<table[^>]* data-breakdown>.*?</table>", page.content.decode(), re.DOTALL)
    return [Decimal(amount) for amount in re.findall(r'<data value="([0-9.]+)"', table[0])]


def json_ld(page: object) -> dict:
    script = re.search(
        r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page.content.decode(), re.DOTALL
    )
    return json.loads(script[1])


@pytest.fixture
def abroad() -> None:
    """France and its rule: no cheese by parcel."""
    DeliveryCountry.objects.create(iso2="FR", name="France", currency="EUR", block="EU")
    ExportRestriction.objects.create(
        block="EU", ship_flag="ANIMAL_ORIGIN_DAIRY", b2c="block", b2b="block", reason="", confidence="found"
    )


@pytest.mark.catalogue_data
@pytest.mark.parametrize(("currency", "destination"), list(pairs(["MAD", "EUR", "USD"], ["MA", "FR"])))
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_breakdown_adds_up_to_the_price_in_every_currency(client, currency, destination, language):
    client.cookies["currency"], client.cookies["destination"] = currency, destination
    for product in Product.objects.filter(sku__in=["ARGF-001-001", "GIFB-104-001"]):
        page = client.get(address(product, language))

        *parts, price = breakdown(page)
        assert sum(parts) == price == page.context["best"].price
        assert page.context["best"].currency == currency
        assert len(parts) >= 2
        assert json_ld(page)["offers"][0]["price"] == str(price)


def test_product_tells_machines_what_it_is(client):
    product = make_product(title="Miel </script>", title_fr="Miel </script>", upc="6119001000019")
    make_stockrecord(product=product, price="120.00")
    make_stockrecord(product=product, price="130.00", in_stock=0)
    publish_prices()

    told = json_ld(client.get(address(product)))

    assert (told["@type"], told["name"], told["gtin13"]) == ("Product", "Miel </script>", "6119001000019")
    assert [(o["price"], o["priceCurrency"], o["availability"].rpartition("/")[2]) for o in told["offers"]] == [
        ("120.00", "MAD", "InStock"),
        ("130.00", "MAD", "SoldOut"),
    ]


def test_product_offers_each_seller_that_has_some(client):
    product = make_product()
    atlas = make_stockrecord(product=product, cooperative=make_cooperative(), price="120.00")
    souss = make_stockrecord(product=product, cooperative=make_cooperative(), price="110.00")
    make_stockrecord(product=product, cooperative=make_cooperative(), price="100.00", in_stock=0)
    publish_prices()

    page = client.get(address(product))

    assert page.context["best"].stockrecord_id == souss.pk
    assert [offer.availability.code for offer in page.context["others"]] == ["in_stock", "sold_out"]
    forms = re.findall(r'name="stockrecord" value="(\d+)"', page.content.decode())
    assert forms == [str(souss.pk), str(atlas.pk)]


def test_product_that_may_not_travel_says_so_and_cannot_be_added(client, abroad):
    cheese = make_product(title="Fromage", ship_flags=["ANIMAL_ORIGIN_DAIRY"])
    make_stockrecord(product=cheese)
    publish_prices()
    at_home = client.get(address(cheese))
    client.cookies["destination"] = "FR"
    there = client.get(address(cheese))

    assert (at_home.context["page"].refusal, at_home.context["best"].availability.code) == ("", "in_stock")
    assert there.context["page"].refusal
    assert there.context["best"].availability.code == "not_sent"
    assert 'name="stockrecord"' not in there.content.decode()


@pytest.mark.parametrize(("first", "last", "code"), [(9, 11, "sold_out"), (3, 5, "later"), (12, 2, "later")])
def test_product_with_nothing_left_says_whether_it_comes_back(client, first, last, code):
    figs = make_product(season_from=first, season_until=last)
    make_stockrecord(product=figs, in_stock=0)
    publish_prices()

    assert client.get(address(figs)).context["best"].availability.code == code


def test_hamper_says_what_is_in_it(client):
    hamper, honey = make_product(title="Panier", kind="gift"), make_product(title="Miel")
    Component.objects.create(hamper=hamper, product=honey, quantity=2)
    make_stockrecord(product=hamper)
    publish_prices()

    page = client.get(address(hamper))

    assert [(part.product, part.quantity) for part in page.context["page"].contents] == [(honey, 2)]


def test_product_without_a_price_keeps_its_page(client):
    page = client.get(address(make_product()))

    assert (page.status_code, page.context["best"]) == (200, None)


def test_old_slug_leads_to_the_product_for_good(client):
    product = make_product()
    with override("fr"):
        old = reverse("catalogue:detail", kwargs={"product_slug": "ancien-nom", "pk": product.pk})

    answer = client.get(old + "?from=mail")

    assert (answer.status_code, answer.headers["Location"]) == (301, address(product) + "?from=mail")


@pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.BLOCKED, Product.Status.ARCHIVED])
def test_product_not_on_sale_is_not_found(client, status):
    assert client.get(address(make_product(status=status))).status_code == 404


def test_page_keeps_its_policy_of_scripts(client):
    product = make_product()
    page = client.get(address(product))
    nonce = re.search(r'nonce="([^"]+)"', page.content.decode())[1]

    assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
