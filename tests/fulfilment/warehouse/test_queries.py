from dataclasses import fields

import pytest

from catalogue.products.models import Product
from fulfilment.orders.models import Line
from fulfilment.warehouse import queries
from fulfilment.warehouse.models import ConsignmentLine
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db


def test_for_cooperative_gives_only_its_own_lines_and_nothing_that_reaches_the_buyer():
    atlas, souss = make_stockrecord(), make_stockrecord()
    order = make_held_order((atlas, 2), (souss, 5), guest_email="buyer@example.com", phone="+212699999999")
    open_parcels(order)

    found = queries.for_cooperative(atlas.partner)

    assert [[(item.sku, item.quantity) for item in parcel.items] for parcel in found] == [[(atlas.partner_sku, 2)]]
    written = repr(found)
    assert not [secret for secret in ("buyer@example.com", "699999999", str(order.total_incl_tax)) if secret in written]
    assert {field.name for field in fields(queries.Parcel)}.isdisjoint({"order", "phone", "email", "total"})


def test_for_cooperative_lists_what_is_to_prepare_until_it_left():
    record = make_stockrecord()
    consignment = open_parcels(make_held_order((record, 1)))[0]
    before = len(queries.for_cooperative(record.partner))

    move_to(consignment, "HANDED_OVER")

    assert (before, len(queries.for_cooperative(record.partner))) == (1, 0)
    assert len(queries.for_cooperative(record.partner, open_only=False)) == 1


def test_parcel_of_gives_nothing_for_anothers():
    atlas, souss = make_stockrecord(), make_stockrecord()
    open_parcels(make_held_order((atlas, 1)))
    parcel = queries.for_cooperative(atlas.partner)[0]

    assert queries.parcel_of(atlas.partner, parcel.reference) == parcel
    assert queries.parcel_of(souss.partner, parcel.reference) is None


@pytest.mark.parametrize("orders", [1, 3])
def test_lists_take_two_queries_however_long(orders, django_assert_num_queries):
    record = make_stockrecord(in_stock=20)
    for _ in range(orders):
        open_parcels(make_held_order((record, 1)))

    with django_assert_num_queries(2):
        assert len(queries.for_cooperative(record.partner)) == orders


def line(quantity, gross_g):
    product = Product(gross_weight_g=gross_g) if gross_g else None
    return ConsignmentLine(quantity=quantity, order_line=Line(product=product))


@pytest.mark.parametrize(
    ("lines", "grams"),
    [([(2, 350)], 700), ([(2, 350), (1, 40)], 740), ([(2, 350), (1, None)], None), ([], None)],
    ids=["one", "two", "one whose product is gone", "none"],
)
def test_goods_weigh_what_their_products_do_with_their_packaging(lines, grams):
    assert queries.gross_weight_g(line(*one) for one in lines) == grams
