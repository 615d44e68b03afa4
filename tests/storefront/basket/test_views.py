"""The basket's pages, as a browser without JavaScript meets them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.products.models import Product
from storefront.basket import queries
from storefront.basket.models import Basket, Line
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.lots import set_stock
from tests.factories.orders import Guest, make_basket, open_deliveries, refuse_to, stock
from tests.support.breakdowns import Taken, amounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest():
    open_deliveries()
    return Guest(language="en")


def test_adding_takes_an_arabic_number_and_shows_the_basket(guest):
    honey = stock()

    answer = guest.add(honey, "٣")

    assert (answer.status_code, answer.url) == (302, "/en/basket/")
    assert Line.objects.get().quantity == 3


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("0", "Take at least one."),
        ("-1", "Take at least one."),
        ("1e9", "Write a whole number, such as 2."),
        ("abc", "Write a whole number, such as 2."),
        ("11", "Only 10 are left."),
    ],
)
def test_adding_refuses_a_wrong_quantity_beside_the_field(guest, quantity, words):
    answer = guest.add(stock(in_stock=10), quantity)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Basket.objects.exists()


@pytest.mark.parametrize("gone", ["withdrawn", "made up"])
def test_adding_from_a_seller_who_is_gone_takes_no_other_in_its_place(guest, gone):
    here = stock()
    there = make_stockrecord(product=here.product)
    publish_prices()
    if gone == "withdrawn":
        Partner.objects.filter(pk=there.partner_id).update(is_active=False)
    else:
        there.pk = 987_654

    answer = guest.add(there)

    assert answer.status_code == 422
    assert "not for sale at the moment" in answer.content.decode()
    assert not Line.objects.exists()


def test_changing_a_quantity_says_what_is_left_beside_the_line(guest):
    guest.add(stock(in_stock=4), 2)
    line = Line.objects.get()

    answer = guest.post(f"basket/lines/{line.pk}/", quantity="9")

    assert answer.status_code == 422
    assert "Only 4 are left." in answer.content.decode()
    assert Line.objects.get().quantity == 2


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("-1", "Take at least one."),
        ("1e9", "Write a whole number, such as 2."),
        ("1000000000", "That is more than we can send in one order."),
        ("abc", "Write a whole number, such as 2."),
        ("", "Write how many you would like."),
    ],
)
def test_changing_refuses_a_wrong_quantity_beside_the_line(guest, quantity, words):
    guest.add(stock(in_stock=10), 2)
    line = Line.objects.get()

    answer = guest.post(f"basket/lines/{line.pk}/", quantity=quantity)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Line.objects.get().quantity == 2


def test_changing_takes_an_arabic_number(guest):
    guest.add(stock(in_stock=10))

    answer = guest.post(f"basket/lines/{Line.objects.get().pk}/", quantity="٣")

    assert (answer.status_code, answer.url) == (302, "/en/basket/")
    assert Line.objects.get().quantity == 3


@pytest.mark.parametrize("data", [{"quantity": "0"}, {"remove": "1", "quantity": "abc"}])
def test_a_line_is_taken_out(guest, data):
    guest.add(stock())

    guest.post(f"basket/lines/{Line.objects.get().pk}/", **data)

    assert not Line.objects.exists()


def test_nobody_changes_the_basket_of_another(guest):
    guest.add(stock())
    line = Line.objects.get()

    answer = Guest(language="en").post(f"basket/lines/{line.pk}/", quantity="5")

    assert answer.status_code == 302
    assert Line.objects.get().quantity == 1


def test_what_sold_out_or_may_not_go_is_named_and_keeps_from_ordering(guest):
    honey, oil = stock(), stock()
    guest.add(honey)
    guest.add(oil)
    set_stock(honey, 0)

    page = guest.get("basket/").content.decode()

    assert "Sold out since you chose it." in page
    assert "/en/checkout/" not in page


def test_what_may_not_be_sent_to_the_destination_is_named_with_the_reason():
    open_deliveries()
    refuse_to("EU", "ANY_FOOD", "review")
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock())

    page = guest.get("basket/").content.decode()

    assert "Food sent there must be announced to the authorities by a registered maker" in page


def test_a_basket_follows_the_visitor_s_currency_and_back(guest):
    guest.add(stock("120.00"), 3)
    before = list(Line.objects.values_list("quantity", "price_currency", "price_incl_tax"))

    guest.client.cookies["currency"] = "EUR"
    in_euros = guest.get("basket/").content.decode()
    guest.client.cookies["currency"] = "MAD"
    guest.get("basket/")

    assert "EUR\u00a033.60" in in_euros
    assert list(Line.objects.values_list("quantity", "price_currency", "price_incl_tax")) == before


def test_looking_writes_nothing(guest):
    guest.get("basket/")

    assert not Basket.objects.exists()


def test_the_basket_page_of_five_lines_keeps_to_its_queries(guest):
    for _ in range(5):
        guest.add(stock())
    guest.get("basket/")

    with CaptureQueriesContext(connection) as queries:
        guest.get("basket/")

    assert len(queries) <= 12, "\n".join(query["sql"][:160] for query in queries)


def queries_of_adding(guest, record):
    with CaptureQueriesContext(connection) as queries:
        guest.add(record)
    return [query["sql"][:160] for query in queries]


def test_adding_keeps_to_its_queries(guest):
    first, second, third = make_stockrecord(), make_stockrecord(), stock()

    asked = [len(queries_of_adding(guest, record)) for record in (first, second, third)]

    assert max(asked) <= 12, asked


def test_adding_after_a_newer_list_started_reprices_in_four_more_queries(guest):
    for _ in range(3):
        guest.add(stock())

    asked = queries_of_adding(guest, stock())

    assert len(asked) <= 14, "\n".join(asked)


@pytest.mark.parametrize(("currency", "destination"), [("MAD", "MA"), ("EUR", "FR"), ("USD", "MA")])
def test_the_basket_breaks_its_sum_down_with_each_cooperative(guest, currency, destination):
    shopper = Guest(currency=currency, destination=destination, language="ar")
    oil, honey = stock("120.00"), stock("47.29")
    shopper.add(oil, 2)
    shopper.add(honey, 5)

    page = shopper.get("basket/")

    parts, total = amounts(page)
    assert sum(parts) == total == page.context["total"]
    assert [row.cooperative for row in page.context["breakdown"].rows[:2]] == [
        oil.partner.short_name,
        honey.partner.short_name,
    ]


def test_what_has_no_price_has_no_share(guest):
    oil, honey = stock("120.00"), stock("47.29")
    guest.add(oil)
    guest.add(honey)
    Product.objects.filter(pk=honey.product_id).update(status="draft")
    StockRecord.objects.filter(pk=honey.pk).update(price=None)
    publish_prices()

    page = guest.get("basket/")

    assert amounts(page) == ([Decimal("80.00"), Decimal("29.09"), Decimal("10.91")], Decimal("120.00"))


def test_what_offers_take_off_is_off_the_shares():
    oil = stock("110.00", farm_gate="60.00")
    view = queries.lines_for_page(make_basket((oil, 2)), "en")
    offers = [
        Taken(Decimal("11.00"), Decimal("1.00"), Decimal("5.00"), stockrecord_id=oil.pk),
        Taken(Decimal("99.00"), Decimal("9.00"), stockrecord_id=oil.pk + 1),
    ]

    found = queries.breakdown(view, currency="MAD", discounts=offers)

    assert (found.total, found.of("cooperative"), found.of("tax")) == (
        Decimal("209.00"),
        Decimal("115.00"),
        Decimal("19.00"),
    )


def test_an_empty_basket_has_nothing_to_share(guest):
    assert "data-breakdown" not in guest.get("basket/").content.decode()
