"""Papers, cold and weight when an order is placed: checked again then, by the seller of each line."""

import contextlib
from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import Tariff
from fulfilment.shipping.sending import operations as sending
from storefront.checkout import operations
from tests.factories.catalogue import make_cooperative, make_product, publish_prices
from tests.factories.orders import (
    Guest,
    make_basket,
    make_tariff,
    make_wanted,
    open_deliveries,
    refuse_to,
    stock,
)

pytestmark = pytest.mark.django_db
FRANCE = Shopping("EUR", "FR")
HONEY = "ANIMAL_ORIGIN_HONEY"


@pytest.fixture(autouse=True)
def deliveries():
    return open_deliveries()


def permit(cooperative, first=date(2026, 1, 1), until=None):
    return sending.permit(
        cooperative=cooperative,
        block="EU",
        ship_flag=HONEY,
        reference="TRACES-1",
        valid_from=first,
        valid_until=until,
        recorded_by=None,
        recorded_at=timezone.now(),
    )


def place(basket, shopping=FRANCE, now=None, **fields):
    wanted = make_wanted(basket, shopping=shopping, **fields)
    return operations.place(basket_id=basket.pk, wanted=wanted, now=now or timezone.now())


def honey_of(cooperative, product=None):
    return stock(product=product or make_product("Miel", ship_flags=[HONEY]), cooperative=cooperative)


def test_honey_goes_from_a_listed_cooperative_and_from_no_other():
    refuse_to("EU", HONEY, "review")
    atlas, souss = make_cooperative(), make_cooperative()
    permit(atlas)
    listed, unlisted = honey_of(atlas), honey_of(souss)

    place(make_basket((listed, 1), shopping=FRANCE))
    with pytest.raises(orders.NotSentThere) as refused:
        place(make_basket((listed, 1), (unlisted, 2), shopping=FRANCE))

    assert Order.objects.count() == 1
    assert [(item.stockrecord_id, item.refused_by) for item in refused.value.items] == [(unlisted.pk, HONEY)]


def test_papers_that_end_between_the_page_and_the_button_stop_the_order():
    refuse_to("EU", HONEY, "review")
    atlas = make_cooperative()
    papers = permit(atlas)
    basket = make_basket((honey_of(atlas), 1), shopping=FRANCE)
    wanted = make_wanted(basket, shopping=FRANCE)

    sending.end_permission(permission_id=papers.pk, on=date(2026, 11, 20))

    with pytest.raises(orders.NotSentThere):
        operations.place(basket_id=basket.pk, wanted=wanted, now=timezone.now())
    assert not Order.objects.exists()


@pytest.mark.parametrize(("days", "placed"), [(0, False), (1, True), (2, True), (3, False)])
def test_papers_are_read_on_the_day_of_placing(days, placed):
    refuse_to("EU", HONEY, "review")
    atlas = make_cooperative()
    record = honey_of(atlas)
    permit(atlas, date(2026, 11, 21), date(2026, 11, 23))
    basket = make_basket((record, 1), shopping=FRANCE)

    with contextlib.nullcontext() if placed else pytest.raises(orders.NotSentThere):
        place(basket, now=timezone.now() + timedelta(days=days))

    assert Order.objects.exists() is placed


def cheese(**fields):
    return stock(product=make_product("Fromage", cold_chain=True), **fields)


def test_what_must_stay_cold_goes_nowhere_by_the_post():
    with pytest.raises(orders.NotSentThere) as refused:
        place(make_basket((cheese(), 1), shopping=FRANCE))

    assert [item.refused_by for item in refused.value.items] == ["COLD_CHAIN"]


def test_what_must_stay_cold_travels_at_home_by_the_method_that_keeps_it():
    Tariff.objects.filter(method="express").update(cold_chain=True)
    basket = make_basket((cheese(), 1))

    with pytest.raises(orders.DeliveryGone):
        place(basket, Shopping(), delivery="home")
    placed = place(basket, Shopping(), delivery="express")

    assert Order.objects.get(pk=placed.order_id).shipping_code == "express"


def test_the_checkout_says_which_line_cannot_be_kept_cold_to_a_province(deliveries):
    make_tariff("MA4", "home", "20.00", cold_chain=True)  # elsewhere in Morocco
    shipping.forget()
    guest = Guest(language="en")
    guest.add(cheese())

    basket = guest.get("basket/").content.decode()
    page = guest.post("checkout/", step="quote", **guest.filled(seal=""))

    reason = "It must stay cold on the way, and no delivery there keeps it cold."
    assert (reason in basket, reason in page.content.decode()) == (False, True)
    assert not page.context["page"].can_place


def test_the_line_that_makes_the_parcel_too_heavy_is_named_with_the_limit():
    heavy = stock(product=make_product("Tajine", kind="craft", gross_weight_g=20_000))
    light = stock(product=make_product("Cuillère", kind="craft", gross_weight_g=100))
    heavier = stock(product=make_product("Table", kind="craft", gross_weight_g=12_000))

    with pytest.raises(orders.NotSentThere) as refused:
        place(make_basket((heavy, 1), (light, 1), (heavier, 1), shopping=FRANCE))

    items = [(item.stockrecord_id, item.refused_by) for item in refused.value.items]
    assert (items, refused.value.heaviest_g) == ([(heavier.pk, "TOO_HEAVY")], 30_000)


def test_the_basket_names_the_line_that_is_too_heavy():
    guest = Guest(language="en", destination="FR", currency="EUR")
    guest.add(stock(product=make_product("Table", kind="craft", gross_weight_g=20_000)))
    guest.add(stock(product=make_product("Tajine", kind="craft", gross_weight_g=12_000)))

    lines = guest.get("basket/").context["lines"]

    assert [view.problem for view in lines] == ["", "Too heavy for one parcel there, which may weigh at most 30\xa0kg."]


def test_adding_without_naming_a_seller_takes_one_that_may_send_it():
    refuse_to("EU", HONEY, "review")
    cheap, listed = make_cooperative(), make_cooperative()
    permit(listed)
    product = make_product("Miel", ship_flags=[HONEY])
    honey_of(cheap, product)
    wanted = stock(product=product, cooperative=listed, price="150.00")
    publish_prices()
    guest = Guest(destination="FR", currency="EUR")

    guest.post(f"basket/add/{product.pk}/", quantity=1)

    assert [view.line.stockrecord_id for view in guest.get("basket/").context["lines"]] == [wanted.pk]
