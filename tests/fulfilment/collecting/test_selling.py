"""A sale over the counter: one placing operation, that shop's lots, cash in its till."""

from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import override

from catalogue.kernel.invariants import violations
from catalogue.lots.operations import SoldOut
from fulfilment.collecting import operations
from fulfilment.collecting.models import Collection, CounterSale
from fulfilment.orders.models import Order
from fulfilment.orders.operations import TermsChanged
from fulfilment.payments.models import CashCollected
from tests.factories.orders import open_deliveries, stock
from tests.factories.shops import make_keeper, make_shop, put_in, sell_over_counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    open_deliveries()
    return make_shop(sells_online=False)


@pytest.fixture
def jar(shop):
    record = stock("120.00", in_stock=5)
    put_in(shop, record, 3)
    return record


@pytest.fixture
def keeper(shop):
    return make_keeper(shop)


def test_it_is_placed_paid_and_carried_away_at_once_from_a_shop_that_sells_nothing_online(shop, jar, keeper):
    with override("en"):
        sale = sell_over_counter(shop, keeper, {jar.pk: 2}, key=uuid4())

    order = sale.order
    jar.refresh_from_db()
    assert (order.channel, order.status, order.collect_at_id) == ("shop", "DELIVERED", shop.pk)
    assert (order.total_incl_tax, order.phone, order.buyer_name) == (240, shop.phone, "Walk-in customer")
    assert list(shop.stock.values_list("on_hand", "held")) == [(1, 0)]
    assert (jar.num_in_stock, jar.num_allocated) == (5, 0)
    taken = CashCollected.objects.get()
    assert (taken.amount, taken.courier.till.place) == (order.total_incl_tax, shop)
    assert not Collection.objects.exists()
    assert [(name, rows) for name, rows in violations() if rows] == []


def test_pressed_twice_it_is_one_sale(shop, jar, keeper):
    key = uuid4()

    first, second = (sell_over_counter(shop, keeper, {jar.pk: 1}, key=key) for _press in range(2))

    assert first == second
    assert Order.objects.count() == 1


@pytest.mark.parametrize("pieces", [0, -1])
def test_no_piece_or_less_is_no_sale(shop, jar, keeper, pieces):
    with pytest.raises(operations.NothingSold):
        sell_over_counter(shop, keeper, {jar.pk: pieces}, key=uuid4(), shown="any")


def test_more_than_lies_in_the_shop_is_not_sold(shop, jar, keeper):
    with pytest.raises(SoldOut) as refused:
        sell_over_counter(shop, keeper, {jar.pk: 4}, key=uuid4())

    assert refused.value.left == {jar.pk: 3}
    assert not CounterSale.objects.exists()


def test_a_sum_that_is_no_longer_what_was_shown_sells_nothing(shop, jar, keeper):
    with pytest.raises(TermsChanged):
        sell_over_counter(shop, keeper, {jar.pk: 1}, key=uuid4(), shown="0" * 32)


def test_a_walk_in_needs_the_shops_phone_a_named_buyer_does_not(shop, jar, keeper):
    type(shop).objects.filter(pk=shop.pk).update(phone="")
    shop.refresh_from_db()
    with pytest.raises(operations.Nameless):
        sell_over_counter(shop, keeper, {jar.pk: 1}, key=uuid4())

    sale = sell_over_counter(shop, keeper, {jar.pk: 1}, key=uuid4(), name="Aïcha", phone="+212612345678")

    assert (sale.order.buyer_name, sale.names_buyer) == ("Aïcha", True)


def test_what_is_scanned_is_found_by_its_number_and_what_lies_in_the_shop_comes_first(shop, jar):
    assert operations.look_up(shop.pk, jar.product.sku.lower(), timezone.now()) == jar
    assert operations.look_up(shop.pk, jar.product.upc, timezone.now()) == jar
    assert operations.look_up(shop.pk, " ", timezone.now()) is None
    assert operations.look_up(shop.pk, "nothing", timezone.now()) is None
