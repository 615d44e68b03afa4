"""A basket left for days says what changed: once, in one currency, until the shopper has read it."""

from decimal import Decimal

import pytest

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.pricing.models import PriceList
from catalogue.products.models import Product
from storefront.basket.models import Basket, Line
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.lots import set_stock
from tests.factories.orders import Guest, make_basket, open_deliveries, refuse_to, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
CHANGED = "Something has changed since you filled your basket"


@pytest.fixture
def guest():
    open_deliveries()
    return Guest(language="en")


def now_costs(record, price):
    StockRecord.objects.filter(pk=record.pk).update(price=Decimal(price))
    publish_prices()


def page(guest, path="basket/"):
    return guest.get(path).content.decode()


def test_a_basket_that_is_as_it_was_says_nothing(guest):
    guest.add(stock())
    publish_prices()

    assert CHANGED not in page(guest)


def test_dearer_and_cheaper_are_told_with_both_prices_and_counted(guest):
    honey, oil = make_stockrecord(price="120.00"), stock("400.00")
    guest.add(honey, 2)
    guest.add(oil)
    now_costs(honey, "126.00")
    now_costs(oil, "390.00")

    told = page(guest)

    assert CHANGED in told
    assert "1 product costs more." in told
    assert "1 product costs less." in told
    assert "The price has changed from MAD\u00a0120.00 to MAD\u00a0126.00 since you chose it." in told
    assert "The price has changed from MAD\u00a0400.00 to MAD\u00a0390.00 since you chose it." in told
    assert "MAD\u00a0642.00" in told  # the sum is today's
    assert "from MAD\u00a0120.00 to MAD\u00a0126.00" in page(guest, "checkout/")


def test_looking_changes_nothing_and_reading_it_keeps_the_new_prices(guest):
    honey = stock("120.00")
    guest.add(honey)
    now_costs(honey, "126.00")

    page(guest)
    looked_at = Line.objects.get().price_incl_tax
    accepted = guest.post("basket/accept/")

    assert looked_at == Decimal("120.00")
    assert (accepted.status_code, accepted.url) == (302, "/en/basket/")
    assert Line.objects.get().price_incl_tax == Decimal("126.00")
    assert Basket.objects.get().price_list == PriceList.objects.get(ends_at__isnull=True)
    assert CHANGED not in page(guest)


def test_accepting_by_address_or_with_an_empty_basket_changes_nothing(guest):
    honey = stock("120.00")
    stranger = Guest(language="en")

    assert stranger.post("basket/accept/").status_code == 302
    guest.add(honey)
    now_costs(honey, "126.00")
    guest.get("basket/accept/")

    assert Line.objects.get().price_incl_tax == Decimal("120.00")


def test_a_switch_of_currency_is_never_told_as_a_change_of_price(guest):
    guest.add(stock("400.00"))

    for currency in ("EUR", "USD", "MAD"):
        guest.client.cookies["currency"] = currency
        told = page(guest)

        assert CHANGED not in told
        assert "The price has changed" not in told


def test_a_switch_of_destination_is_never_told_as_a_change_of_price(guest):
    guest.add(stock("400.00"))

    guest.client.cookies["destination"] = "FR"
    told = page(guest)

    assert CHANGED not in told
    assert "The price has changed" not in told


def test_adding_after_a_newer_list_brings_all_lines_up_to_date_and_tells(guest):
    honey, oil = make_stockrecord(price="120.00"), stock("47.50")
    guest.add(honey)
    now_costs(honey, "126.00")

    answer = guest.client.post(
        guest.url(f"basket/add/{oil.product_id}/"), {"quantity": 1, "stockrecord": oil.pk}, follow=True
    )

    told = [str(message) for message in answer.context["messages"]]
    basket = Basket.objects.get()
    assert f"The price of “{honey.product.title}” has changed from MAD\u00a0120.00 to MAD\u00a0126.00." in told
    assert basket.price_list == PriceList.objects.get(ends_at__isnull=True)
    assert sorted(line.price_incl_tax for line in basket.lines.all()) == [Decimal("47.50"), Decimal("126.00")]
    assert CHANGED not in answer.content.decode()


def test_adding_more_of_what_became_dearer_tells_so(guest):
    honey = stock("120.00")
    guest.add(honey)
    now_costs(honey, "126.00")

    guest.add(honey)
    told = page(guest)

    assert told.count("has changed from MAD\u00a0120.00 to MAD\u00a0126.00.") == 1
    assert Line.objects.values_list("quantity", "price_incl_tax").get() == (2, Decimal("126.00"))


def test_a_new_quantity_after_a_newer_list_brings_all_lines_up_to_date_and_tells(guest):
    honey, oil = make_stockrecord(price="120.00"), stock("47.50")
    guest.add(honey)
    guest.add(oil)
    now_costs(honey, "126.00")
    line = Line.objects.get(stockrecord=oil)

    answer = guest.client.post(guest.url(f"basket/lines/{line.pk}/"), {"quantity": 3}, follow=True)

    assert "has changed from MAD\u00a0120.00 to MAD\u00a0126.00." in answer.content.decode()
    assert list(Line.objects.order_by("pk").values_list("quantity", "price_incl_tax")) == [
        (1, Decimal("126.00")),
        (3, Decimal("47.50")),
    ]


def test_signing_in_brings_the_baskets_together_and_tells(client):
    open_deliveries()
    honey, oil = make_stockrecord(price="120.00"), stock("47.50")
    person = make_person()
    make_basket((honey, 1), owner=person)
    now_costs(honey, "126.00")
    guest = Guest(language="en")
    guest.add(oil)

    guest.client.force_login(person)
    first, second = page(guest), page(guest)

    assert "has changed from MAD\u00a0120.00 to MAD\u00a0126.00." in first + second
    assert CHANGED not in second
    assert Basket.objects.get(owner=person, status=Basket.OPEN).num_items == 2


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ("withdrawn", "This product is no longer offered. Please take it out."),
        ("seller", "The cooperative that makes it is not selling at the moment. Please take it out."),
        ("unpriced", "This product has no price in Moroccan dirham. Choose another currency, or take it out."),
        ("sold", "Sold out since you chose it. Please take it out."),
        ("fewer", "Only 1 is left."),
        ("refused", "Dairy products may not be sent there."),
    ],
)
def test_each_reason_is_named_beside_its_line_and_counted(guest, happened, words):
    honey, oil = make_stockrecord(), stock()
    guest.add(honey, 2)
    guest.add(oil)
    if happened == "withdrawn":
        Product.objects.filter(pk=honey.product_id).update(is_public=False)
    elif happened == "seller":
        Partner.objects.filter(pk=honey.partner_id).update(is_active=False)
    elif happened == "unpriced":
        StockRecord.objects.filter(pk=honey.pk).update(price=None)
        publish_prices()
    elif happened == "sold":
        set_stock(honey, 0)
    elif happened == "fewer":
        set_stock(honey, 1)
    else:
        Product.objects.filter(pk=honey.product_id).update(ship_flags=["ANIMAL_ORIGIN_DAIRY"])
        refuse_to("EU", "ANIMAL_ORIGIN_DAIRY")
        guest.client.cookies["destination"] = "FR"

    told = page(guest)

    assert CHANGED in told
    assert "1 product cannot be ordered like this: see why below." in told
    assert words in told
    assert "/en/checkout/" not in told
    assert "I have seen the new prices" not in told
