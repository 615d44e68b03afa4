"""A struck price is shown exactly where the basket takes the same off, and costs no query."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfilment.orders.discounting import Kind
from storefront.offers import queries
from tests.factories.offers import make_offer
from tests.factories.orders import Guest, stock

pytestmark = pytest.mark.django_db
STRUCK = "price__before"


def pages(guest, record):
    product = record.product
    return [
        guest.get(path).content.decode()
        for path in (f"catalogue/{product.slug}_{product.pk}/", "catalogue/", f"search/?q={product.title[:5]}")
    ]


def test_a_plain_percentage_is_struck_on_lists_and_product_as_in_the_basket():
    record = stock("47.50")
    make_offer(percent="10", category_ids=(record.product.categories.get().pk,))
    guest = Guest(language="en")
    product_page, listed, _found = pages(guest, record)
    guest.add(record)

    assert STRUCK in product_page
    assert "MAD\xa042.75" in product_page
    assert "MAD\xa042.75" in listed
    assert "MAD\xa042.75" in guest.get("basket/").content.decode()
    assert '"price": "47.50"' in product_page or '"price":"47.50"' in product_page


@pytest.mark.parametrize(
    "fields",
    [
        {"minimum": {"MAD": "10"}},
        {"min_count": 2},
        {"max_uses": 5},
        {"budget_mad": Decimal(100)},
        {"for_voucher": True},
        {"most": {"MAD": "1"}},
        {"product_ids": (0,)},
        {"cooperative_pct": Decimal(50), "office_covers": False},
    ],
)
def test_an_offer_that_asks_for_something_strikes_no_price(fields):
    record = stock("47.50")
    if "product_ids" in fields:
        fields = {"product_ids": (stock().product_id,)}
    make_offer(**fields)

    assert STRUCK not in pages(Guest(language="en"), record)[0]


def test_an_amount_off_strikes_no_price():
    record = stock("47.50")
    make_offer(Kind.UNIT, benefit={"MAD": "5"})

    assert all(STRUCK not in page for page in pages(Guest(language="en"), record))


def test_struck_prices_cost_no_query():
    record = stock("47.50")
    guest = Guest(language="en")
    counts = []
    for offers in (0, 2):
        for _ in range(offers):
            make_offer(category_ids=(record.product.categories.get().pk,))
        queries.book()
        pages(guest, record)
        with CaptureQueriesContext(connection) as asked:
            pages(guest, record)
        counts.append(len(asked))

    assert counts[0] == counts[1]
