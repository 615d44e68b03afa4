"""What was agreed when an order was placed: the database keeps it, whoever asks."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.roles import application_role
from catalogue.products.models import Product
from fulfilment.orders.models import DeliveryDiscount, Line, LineDiscount, Order
from fulfilment.orders.operations import titles_of
from fulfilment.orders.queries import mad_per_unit
from tests.factories.catalogue import make_product, make_stockrecord, publish_prices
from tests.factories.orders import open_deliveries, place_order, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    open_deliveries()
    return place_order((stock(), 2))


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (application_role(),)
        cursor.execute(statement, values)
        return cursor.rowcount


ORDER = {
    "currency": "'EUR'",
    "mad_per_unit": "mad_per_unit + 1",
    "price_list_id": "price_list_id + 1",
    "total_incl_tax": "total_incl_tax - 0.01",
    "total_excl_tax": "0",
    "shipping_incl_tax": "shipping_incl_tax + 1",
    "shipping_excl_tax": "0",
    "side": "'export'",
    "destination": "'FR'",
    "language": "'en'",
    "number": "'2222222222'",
    "basket_reference": "NULL",
    "date_placed": "date_placed - interval '1 day'",
}
LINE = {
    "price_id": "price_id + 1",
    "quantity": "quantity + 1",
    "farm_gate_mad": "0",
    "unit_price_incl_tax": "1",
    "unit_price_excl_tax": "1",
    "line_price_incl_tax": "1",
    "line_price_excl_tax": "1",
    "line_price_before_discounts_incl_tax": "1",
    "line_price_before_discounts_excl_tax": "1",
    "seller_of_record": "'cooperative'",
    "given_mad": "1",
    "floor_mad": "1",
    "withdrawal_period_id": "withdrawal_period_id + 1",
    "tax_code": "'EXO'",
    "title": "'Something else'",
    "titles": "'{}'",
    "partner_name": "'Somebody else'",
    "partner_sku": "'X'",
    "upc": "'X'",
}


@pytest.mark.parametrize("column", ORDER)
def test_no_agreed_column_of_an_order_changes(order, column):
    with pytest.raises(IntegrityError, match="what was agreed in an order never changes"):
        sql(f"UPDATE order_order SET {column} = {ORDER[column]} WHERE id = %s", order.pk)


@pytest.mark.parametrize("column", LINE)
def test_no_agreed_column_of_a_line_changes(order, column):
    with pytest.raises(IntegrityError, match="what was agreed in an order never changes"):
        sql(f"UPDATE order_line SET {column} = {LINE[column]} WHERE order_id = %s", order.pk)


@pytest.mark.parametrize("table", ["order_line", "order_order"])
def test_neither_order_nor_line_is_deleted(order, table):
    with pytest.raises(IntegrityError, match="never changes"):
        sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("change", ["UPDATE {table} SET amount = 1", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", ["order_linediscount", "order_deliverydiscount"])
def test_what_an_offer_took_off_stays(order, table, change):
    LineDiscount.objects.create(line=order.lines.first(), name="Spring", amount=2, tax=0, cooperative_mad=0)
    DeliveryDiscount.objects.create(order=order, name="Spring", amount=2)

    with pytest.raises(IntegrityError, match="never changes"):
        sql(change.format(table=table))


def test_what_moves_on_stays_changeable(order):
    assert sql("UPDATE order_order SET status = 'PAID', reserved_until = NULL, guest_email = 'a@b.example'") == 1
    assert sql("UPDATE order_line SET num_allocated = 0, allocation_cancelled = true, status = 'x'") == 1
    assert sql("UPDATE order_order SET currency = currency, total_incl_tax = total_incl_tax") == 1  # saved as it is


def test_the_rates_of_both_currencies_stay_with_the_order(order):
    StockRecord.objects.update(price="200.00")
    publish_prices()
    order = Order.objects.select_related("price_list").get(pk=order.pk)

    assert order.price_list.ends_at is not None
    assert [mad_per_unit(order.price_list, code) for code in ("MAD", "EUR", "USD")] == [
        Decimal(1),
        Decimal("10.80"),
        Decimal("9.30"),
    ]


def test_a_line_keeps_the_product_s_name_in_each_language():
    open_deliveries()
    product = make_product(title_ar="زيت أركان", title_fr="Huile d'argan", title_en="Argan oil")
    record = make_stockrecord(product=product)
    publish_prices()
    line = place_order((record, 1), language="ar").lines.get()
    Product.objects.filter(pk=product.pk).update(title_ar="x", title_fr="y", title_en="z")

    names = []
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            names.append(Line.objects.get(pk=line.pk).title_here)

    assert line.title == "زيت أركان"
    assert names == ["زيت أركان", "Huile d'argan", "Argan oil"]


def test_a_name_that_is_missing_in_a_language_falls_back_to_the_order_s():
    product = make_product(title_ar="", title_fr="Huile", title_en=None)
    line = Line(title="Huile", titles=titles_of(product))

    with translation.override("en"):
        assert line.title_here == "Huile"


GIFT = {"recipient_name": "Laila", "recipient_language": "ar"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient_name": "", "gift_message": "Alone"},
        {"recipient_name": "", "prices_hidden": True, "payment_method": "card"},
        {"recipient_name": "Laila", "recipient_language": ""},
        GIFT | {"recipient_phone": "0612345678"},
        GIFT | {"gift_message": "turned \u202e around"},
        GIFT | {"gift_message": "hidden \u2066 mark"},
        GIFT | {"prices_hidden": True, "payment_method": "cash"},
    ],
)
def test_the_database_refuses_a_recipient_that_cannot_be(order, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**wrong)


def test_an_order_without_a_recipient_says_so(order):
    assert (order.for_someone_else, order.door_phone) == (False, order.phone)
