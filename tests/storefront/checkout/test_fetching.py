"""Fetching an order in a shop: offered where one shop has all of it, without an address, in cash or paid before."""

import re

import pytest

from fulfilment.collecting.codes import code_of
from fulfilment.orders.models import Order
from storefront.notifications.models import Message
from tests.factories.orders import Guest, open_deliveries, stock
from tests.factories.shops import make_ready, make_shop, put_in

pytestmark = pytest.mark.django_db
FETCH = "collect:SHOP-CASA"


@pytest.fixture
def shop():
    open_deliveries()
    return make_shop()


@pytest.fixture
def jar(shop):
    record = stock("120.00", in_stock=10)
    put_in(shop, record, 2)
    return record


def text_of(answer):
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def ways(page):
    return [choice.code for choice in page.context["page"].deliveries]


def fetched(guest, **changes):
    return guest.filled(delivery=FETCH, province="", commune="", locality="", **changes)


def test_it_is_offered_after_the_ways_to_send_and_chosen_by_nobody_but_the_buyer(shop, jar):
    guest = Guest(language="en")
    guest.add(jar, 2)

    page = guest.post("checkout/", step="quote", **guest.filled(delivery="", seal="none"))

    assert ways(page)[-1] == FETCH
    assert page.context["page"].delivery.code == "home"


@pytest.mark.parametrize("reason", ["more than it has", "another destination", "closed", "nobody wrote its hours"])
def test_it_is_not_offered_where_no_shop_has_all_or_none_is_open(shop, jar, reason):
    guest = Guest(language="en", destination="FR" if reason == "another destination" else "MA")
    guest.add(jar, 3 if reason == "more than it has" else 1)
    if reason == "closed":
        type(shop).objects.filter(pk=shop.pk).update(is_active=False)
    if reason == "nobody wrote its hours":
        shop.opening_hours.all().delete()

    page = guest.post("checkout/", step="quote", **guest.filled(seal="none"))

    assert FETCH not in ways(page)


def test_a_name_and_a_phone_are_enough_and_the_code_comes_once_it_is_ready(shop, jar, run_jobs):
    guest = Guest(language="en")
    guest.add(jar, 2)

    answer = guest.place(**fetched(guest))

    order = Order.objects.get()
    assert answer.url == f"/en/orders/{order.number}/"
    assert (order.collect_at, order.total_incl_tax, order.shipping_address.line1) == (shop, 240, shop.name)
    run_jobs()
    make_ready(order)
    run_jobs()
    code = code_of(order.number, 1)
    told = {message.kind: message.text for message in Message.objects.all()}
    assert set(told) == {"order.confirmed", "order.ready_to_collect"}
    assert code in told["order.ready_to_collect"]
    assert code in text_of(guest.get(f"orders/{order.number}/"))


def test_cold_goods_that_no_courier_takes_there_may_be_fetched(shop):
    cold = stock("80.00", in_stock=5)
    type(cold.product).objects.filter(pk=cold.product_id).update(cold_chain=True)
    put_in(shop, cold, 5)
    guest = Guest(language="en")
    guest.add(cold)

    sent = guest.post("checkout/", step="quote", **guest.filled(seal="none"))
    answer = guest.place(**fetched(guest))

    assert sent.context["page"].problems
    assert answer.status_code == 302
    assert Order.objects.get().collect_at == shop


def test_a_shop_that_has_sold_it_meanwhile_or_is_none_places_nothing(shop, jar):
    guest = Guest(language="en")
    guest.add(jar, 2)
    ready = fetched(guest)
    jar.lots.get(stock__place=shop).stock.filter(place=shop).update(held=1)

    gone = guest.post("checkout/place/", **ready)
    unknown = guest.post("checkout/place/", **{**ready, "delivery": "collect:NOWHERE"})

    assert (gone.status_code, unknown.status_code) == (409, 409)
    assert "This way is not offered for this address" in text_of(unknown)
    assert not Order.objects.exists()
