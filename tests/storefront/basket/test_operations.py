"""Baskets in three currencies, with their seller and their lock."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.cooperatives.strategy import PublishedPriceStrategy
from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import PriceList
from storefront.basket import operations
from storefront.basket.models import Basket, BasketMoved, Line
from tests.factories.catalogue import make_cooperative, make_product, make_stockrecord, publish_prices
from tests.factories.orders import make_basket, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
EURO_HOME = Shopping("EUR", "MA")


def prices(basket):
    lines = basket.lines.order_by("pk")
    return [(line.quantity, line.price_currency, line.price_incl_tax, line.price_excl_tax) for line in lines]


def test_switch_currency_reprices_every_line_and_back_again_exactly():
    honey, dates = stock("120.00"), stock("47.50")
    basket = make_basket((honey, 3), (dates, 2))
    before = prices(basket)

    operations.switch_currency(basket=basket, shopping=EURO_HOME, now=timezone.now())
    in_euros = prices(basket)
    operations.switch_currency(basket=basket, shopping=Shopping(), now=timezone.now())

    assert [(quantity, currency, price) for quantity, currency, price, _ in in_euros] == [
        (3, "EUR", Decimal("11.20")),
        (2, "EUR", Decimal("4.40")),
    ]
    assert prices(basket) == before


def test_switch_currency_keeps_a_line_that_has_no_price_there():
    honey = stock()
    basket = make_basket((honey, 3))
    PriceList.objects.update(ends_at=timezone.now())

    operations.switch_currency(basket=basket, shopping=EURO_HOME, now=timezone.now())

    assert prices(basket) == [(3, "EUR", None, None)]


def test_switch_currency_takes_as_many_queries_for_one_line_as_for_three(django_assert_num_queries):
    one, three = make_basket((stock(), 1)), make_basket((stock(), 1), (stock(), 1), (stock(), 1))

    for basket in (one, three):
        with django_assert_num_queries(7):
            operations.switch_currency(basket=basket, shopping=EURO_HOME, now=timezone.now())


def test_a_new_basket_takes_the_currency_of_the_shopper():
    basket = make_basket((stock(), 1), shopping=Shopping("USD", "FR"))

    basket.refresh_from_db()
    assert (basket.currency, basket.side) == ("USD", "export")


def test_a_line_is_priced_from_the_seller_it_was_added_with():
    product = make_product()
    dear = make_stockrecord(product=product, cooperative=make_cooperative(), price="150.00")
    make_stockrecord(product=product, cooperative=make_cooperative(), price="90.00")
    publish_prices()

    basket = make_basket((dear, 1))

    assert [line.unit_price_incl_tax for line in basket.all_lines()] == [Decimal("150.00")]


def test_all_lines_are_read_in_two_queries_whatever_their_number(django_assert_num_queries):
    basket = make_basket((stock(), 1), (stock(), 1), (stock(), 1))
    again = Basket.objects.get(pk=basket.pk)
    again.strategy = PublishedPriceStrategy()

    with django_assert_num_queries(2):
        text = [
            (line.product.family.code, line.stockrecord.partner.name, line.unit_price_incl_tax)
            for line in again.all_lines()
        ]
        assert (len(text), again.num_lines, again.num_items) == (3, 3, 3)


def test_add_refuses_more_than_is_left_counting_what_the_basket_holds():
    honey = stock(in_stock=5)
    basket = make_basket((honey, 3))

    with pytest.raises(operations.OnlyLeft) as refused:
        operations.add(basket=basket, product=honey.product, stockrecord=honey, quantity=3)

    assert (refused.value.left, refused.value.held) == (5, 3)


def test_add_refuses_a_basket_that_was_ordered_meanwhile():
    honey = stock()
    basket = make_basket((honey, 1))
    Basket.objects.filter(pk=basket.pk).update(status=Basket.SUBMITTED)

    with pytest.raises(BasketMoved):
        operations.add(basket=basket, product=honey.product, stockrecord=honey, quantity=1)


def test_merge_keeps_the_larger_quantity_and_prices_for_the_session():
    honey, dates = stock("120.00"), stock("47.50")
    mine = make_basket((honey, 1), owner=make_person())
    theirs = make_basket((honey, 3), (dates, 2), shopping=EURO_HOME)

    operations.merge(into=mine, other=theirs, shopping=EURO_HOME, now=timezone.now())

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.currency, theirs.status) == ("EUR", Basket.MERGED)
    assert [(line.quantity, line.price_incl_tax) for line in mine.lines.order_by("price_incl_tax")] == [
        (2, Decimal("4.40")),
        (3, Decimal("11.20")),
    ]
    assert Line.objects.count() == 2


def test_only_one_of_two_submits_closes_the_basket():
    basket = make_basket((stock(), 1))
    same = Basket.objects.get(pk=basket.pk)
    basket.submit()

    with pytest.raises(BasketMoved):
        same.submit()
