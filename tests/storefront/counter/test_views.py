"""The counter's pages: who opens them, what a keeper does there, what is typed wrongly."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfilment.collecting.codes import code_of
from fulfilment.collecting.models import Collection, CounterSale
from fulfilment.orders.models import Order
from storefront.counter import limits
from tests.factories.catalogue import make_cooperative
from tests.factories.orders import open_deliveries, stock
from tests.factories.people import make_member, make_person, make_staff, sign_in
from tests.factories.shops import make_keeper, make_ready, make_shop, order_to_fetch, put_in

pytestmark = pytest.mark.django_db
HOME = "/en/counter/shop-casa/"


@pytest.fixture
def shop():
    open_deliveries()
    return make_shop()


@pytest.fixture
def jar(shop):
    record = stock("120.00", in_stock=10)
    put_in(shop, record, 9)
    return record


@pytest.fixture
def keeper(shop, client):
    person = make_keeper(shop)
    sign_in(client, person)
    return person


@pytest.fixture
def ready(shop, jar):
    return make_ready(order_to_fetch(shop, (jar, 1)))


def text_of(answer):
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_only_who_holds_the_mandate_today_opens_a_counter(shop, ready):
    other = make_shop(code="SHOP-RABAT")
    people = {
        "keeper": make_keeper(shop),
        "keeper of another shop": make_keeper(other),
        "over": make_keeper(shop, valid_until="2026-11-20"),
        "not yet": make_keeper(shop, valid_from="2026-11-21"),
        "shopper": make_person(),
        "owner": make_member(make_cooperative()),
        "clerk": make_member(make_cooperative(), "clerk"),
        "logistics": make_staff("logistics"),
        "director": make_staff("director"),
    }
    pages = ["", "sell/", "receipt/NONE/"]
    posts = ["prepare/1/", f"hand-over/{ready.number}/", f"longer/{ready.number}/", f"new-code/{ready.number}/"]

    found = {}
    for name, person in people.items():
        browser = sign_in(Client(), person)
        found[name] = [browser.get(HOME + page).status_code for page in pages]
        found[name] += [browser.post(HOME + page, {"code": "1"}).status_code for page in posts]

    assert found.pop("keeper") == [200, 200, 404, 404, 302, 302, 302]
    assert set(map(tuple, found.values())) == {(404,) * 7}
    assert Client().get(HOME).url.startswith("/en/accounts/login/")
    assert Client().post(HOME + posts[1]).status_code == 302
    assert Collection.objects.get().is_waiting


def test_a_keeper_is_led_to_the_shop_and_hands_over_what_its_code_opens(client, keeper, ready):
    assert client.get("/en/counter/").url == HOME
    page = text_of(client.get(HOME))
    assert ready.number in page
    assert "120.00\xa0MAD in cash" in page or "in cash" in page

    wrong = client.post(f"{HOME}hand-over/{ready.number}/", {"code": "12"}, follow=True)
    right = client.post(f"{HOME}hand-over/{ready.number}/", {"code": code_of(ready.number, 1)}, follow=True)

    assert "This code does not fit. Nothing was handed over; tries left: 4" in text_of(wrong)
    assert "in cash is in your till" in text_of(right)
    assert Order.objects.get().status == "DELIVERED"


def test_what_waits_is_found_by_code_number_and_phone_and_guesses_end(client, keeper, ready):
    for written in (code_of(ready.number, 1), ready.number.lower(), "06 12 34 56 78"):
        assert ready.number in text_of(client.get(HOME, {"q": written}))

    for _guess in range(limits.MISSES):
        assert "Nothing like this waits here" in text_of(client.get(HOME, {"q": "000001"}))

    assert "Too many codes" in text_of(client.get(HOME, {"q": code_of(ready.number, 1)}))


def test_what_is_typed_is_added_up_and_sold_at_that_sum_once(client, keeper, jar):
    lines = {"code": [jar.product.sku, jar.product.upc], "pieces": ["2", "١"], "key": str(uuid4())}
    page = client.post(f"{HOME}sell/", {**lines, "step": "sum"})
    seal = page.context["sale"].seal
    assert page.context["sale"].asked.total == 360

    sold = [client.post(f"{HOME}sell/", {**lines, "step": "sell", "seal": seal}) for _press in range(2)]

    sale = CounterSale.objects.get()
    assert {answer.url for answer in sold} == {f"{HOME}receipt/{sale.order.number}/"}
    receipt = client.get(sold[0].url)
    assert (receipt.status_code, "Next sale" in text_of(receipt)) == (200, True)
    assert (sale.sold_by, sale.order.lines.get().quantity) == (keeper, 3)


@pytest.mark.parametrize("pieces", ["-1", "0", "1e9", "1000", "abc", "2,5"])
def test_pieces_that_are_no_number_sell_nothing(client, keeper, jar, pieces):
    answer = client.post(f"{HOME}sell/", {"code": jar.product.sku, "pieces": pieces, "step": "sell", "seal": "x"})

    assert answer.status_code == 422
    assert "Write how many pieces: 1 or more." in text_of(answer)
    assert not Order.objects.exists()


def test_more_than_is_there_an_unknown_number_and_a_broken_key_are_said_beside_what_was_typed(client, keeper, jar):
    lines = {"code": [jar.product.sku], "pieces": ["10"], "key": "no key"}
    seal = client.post(f"{HOME}sell/", {**lines, "step": "sum"}).context["sale"].seal

    less = client.post(f"{HOME}sell/", {**lines, "step": "sell", "seal": seal})
    unknown = client.post(f"{HOME}sell/", {"code": ["nothing"], "pieces": ["1"], "step": "sell"})

    assert (less.status_code, unknown.status_code) == (409, 422)
    assert "There is less of it here than was typed. Nothing was sold." in text_of(less)
    assert "Nothing has this number." in text_of(unknown)
    assert not Order.objects.exists()


def test_the_counter_asks_as_many_queries_for_three_as_for_one(client, keeper, shop, jar, ready):
    order_to_fetch_more = [order_to_fetch(shop, (jar, 1)) for _ in range(2)]
    client.get(HOME)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(HOME)
    for order in order_to_fetch_more:
        make_ready(order)
    with CaptureQueriesContext(connection) as three:
        client.get(HOME)

    assert len(three) == len(one)
