"""The list and the rate that a basket's stored prices come from; the database holds them together."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.kernel.invariants import registered
from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import Price, PriceList
from storefront.basket import operations
from storefront.basket.models import Basket, Line
from tests.factories.catalogue import make_stockrecord, publish_prices
from tests.factories.orders import make_basket, stock
from tests.factories.people import make_person
from tests.support.soak import examples

pytestmark = pytest.mark.django_db
FRESH = "baskets: every line has its price from the basket's own list"
TERMS = [Shopping(currency, country) for currency in ("MAD", "EUR", "USD") for country in ("MA", "FR")]


def state(basket):
    """Return all that switching may touch."""
    basket = Basket.objects.get(pk=basket.pk)
    lines = basket.lines.order_by("pk").values_list(
        "stockrecord_id", "quantity", "price_currency", "price_incl_tax", "price_excl_tax"
    )
    return (basket.currency, basket.side, basket.price_list_id, basket.mad_per_unit, list(lines))


def test_an_empty_basket_has_no_list_and_the_first_line_brings_it():
    empty = Basket.objects.create()
    honey = stock()

    full = make_basket((honey, 1), shopping=Shopping("EUR", "MA"))

    assert (empty.price_list, empty.mad_per_unit) == (None, None)
    assert (full.price_list, full.mad_per_unit) == (PriceList.objects.get(), Decimal("10.80"))


def test_a_line_added_to_an_empty_basket_brings_the_list():
    empty = Basket.objects.create()
    honey = stock()
    operations.switch_currency(basket=empty, shopping=Shopping("USD", "MA"), now=timezone.now())

    empty.strategy = make_basket((honey, 1), shopping=Shopping("USD", "MA")).strategy
    operations.add(basket=empty, product=honey.product, stockrecord=honey, quantity=1)

    empty.refresh_from_db()
    assert (empty.price_list, empty.mad_per_unit) == (PriceList.objects.get(), Decimal("9.30"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"mad_per_unit": Decimal(0), "currency": "EUR"},
        {"mad_per_unit": Decimal(-1), "currency": "EUR"},
        {"mad_per_unit": Decimal("10.80"), "currency": "MAD"},
        {"mad_per_unit": None},
        {"price_list": None},
        {"currency": "GBP"},
    ],
)
def test_the_database_refuses_a_rate_that_cannot_be(wrong):
    basket = make_basket((stock(), 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.filter(pk=basket.pk).update(**wrong)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.50", "9999.50", places=2), min_size=1, max_size=4),
    quantities=st.lists(st.integers(1, 40), min_size=4, max_size=4),
    start=st.sampled_from(TERMS),
    way=st.lists(st.sampled_from(TERMS), max_size=4),
)
def test_switching_anywhere_and_back_restores_the_basket_exactly(db, prices, quantities, start, way):
    records = [make_stockrecord(price=str(price), farm_gate="0.10", in_stock=100) for price in prices]
    publish_prices()
    basket = make_basket(*zip(records, quantities, strict=False), shopping=start)
    before = state(basket)

    for terms in [*way, start]:
        operations.switch_currency(basket=basket, shopping=terms, now=timezone.now())
        assert list(registered()[FRESH]()) == []
        assert (basket.currency, basket.side) == (terms.currency, terms.side)

    assert state(basket) == before


def test_merging_takes_the_session_s_currency_list_and_rate():
    honey, dates = make_stockrecord(price="120.00"), stock("47.50")
    mine = make_basket((honey, 1), owner=make_person())
    theirs = make_basket((dates, 2), shopping=Shopping("USD", "FR"))

    changes = operations.merge(into=mine, other=theirs, shopping=Shopping("USD", "MA"), now=timezone.now())

    mine.refresh_from_db()
    assert changes == []
    assert (mine.currency, mine.side, mine.mad_per_unit) == ("USD", "home", Decimal("9.30"))
    for line in mine.lines.all():
        row = Price.objects.get(price_list=mine.price_list, stockrecord=line.stockrecord, currency="USD", side="home")
        assert (line.price_incl_tax, line.price_excl_tax) == (row.price, row.price_excl_tax)


def test_merging_from_another_tax_side_compares_no_prices():
    honey, dates = make_stockrecord(price="120.00"), stock("47.50")
    mine = make_basket((honey, 1), owner=make_person())
    theirs = make_basket((dates, 2), shopping=Shopping("MAD", "FR"))

    assert operations.merge(into=mine, other=theirs, shopping=Shopping(), now=timezone.now()) == []


@pytest.mark.parametrize("wrong", [{"price_incl_tax": Decimal("1.00")}, {"price_currency": "EUR"}])
def test_the_invariant_sees_a_line_that_is_not_at_its_list_s_price(wrong):
    basket = make_basket((stock(), 1))
    Line.objects.filter(basket=basket).update(**wrong)

    assert list(registered()[FRESH]()) == list(Line.objects.values_list("pk", flat=True))
