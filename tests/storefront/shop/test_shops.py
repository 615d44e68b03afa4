"""The locator and a shop's page: what is near, open now, and lies there today."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.lots.models import Lot
from tests.factories.catalogue import make_province
from tests.factories.lots import make_place
from tests.factories.orders import open_deliveries, stock
from tests.factories.shops import make_shop, put_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def casa():
    open_deliveries()
    return make_shop(name="Casa shop")


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def ask(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    return answer, len(queries)


def test_shops_stand_by_town_with_todays_hours_and_by_distance_from_a_province(client, casa, clock):
    rabat = make_shop(code="SHOP-RABAT", name="Rabat shop", town="Rabat", latitude="34.02", longitude="-6.84")
    make_shop(code="SHOP-GONE", name="Closed shop", is_active=False)
    province = make_province(code="RAB")
    type(province).objects.filter(pk=province.pk).update(latitude="34.02", longitude="-6.84")

    page = client.get("/en/shops/")
    near = client.get("/en/shops/?province=RAB")

    assert [row.place for row in page.context["rows"]] == [casa, rabat]
    assert [(row.place, row.km) for row in near.context["rows"]] == [(rabat, 0), (casa, 85)]
    assert "open until" in text_of(page)
    assert len(page.context["map"].marks) == 2
    assert "Closed shop" not in text_of(page)


@pytest.mark.parametrize("written", ["x", "' OR 1=1", "x" * 5000, "\u202e"])
def test_a_province_that_is_none_shows_the_shops_all_the_same(client, casa, written):
    assert client.get("/en/shops/", {"province": written}).status_code == 200


def test_a_shops_page_shows_what_may_be_had_there_and_how_many_are_left_there(client, casa):
    here, elsewhere, blocked = (stock(in_stock=40) for _ in range(3))
    put_in(casa, here, 2)
    put_in(casa, blocked, 5, state=Lot.State.BLOCKED)

    page = client.get("/en/shops/shop-casa/")

    cards = list(page.context["page_obj"])
    assert [card.product_id for card in cards] == [here.product_id]
    assert "2" in cards[0].availability.text
    told = json.loads(re.search(r"ld\+json\"[^>]*>(.*?)</script>", page.content.decode(), re.S)[1])
    assert (told["@type"], told["openingHoursSpecification"][0]["opens"]) == ("Store", "09:00")
    assert elsewhere.product_id not in [card.product_id for card in cards]


def test_its_page_asks_as_many_queries_for_three_products_as_for_one_and_at_most_eight(client, casa):
    records = [stock() for _ in range(3)]
    put_in(casa, records[0])
    _page, one = ask(client, "/en/shops/shop-casa/")
    for record in records[1:]:
        put_in(casa, record)

    page, three = ask(client, "/en/shops/shop-casa/")

    assert len(list(page.context["page_obj"])) == 3
    assert one == three <= 8


@pytest.mark.parametrize("code", ["shop-none", "casa-hub"])
def test_what_is_no_shop_has_no_page(client, casa, code):
    make_place("hub", code="CASA-HUB")

    assert client.get(f"/en/shops/{code}/").status_code == 404


def test_a_product_page_names_the_shops_that_have_it(client, casa):
    record = stock(in_stock=4)
    put_in(casa, record)

    page = client.get(record.product.get_absolute_url())

    assert page.context["page"].in_shops == [("shop-casa", casa.name)]
