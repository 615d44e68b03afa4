"""An order in its shop: from that shop's lots alone, handed over under its code, let go when nobody came."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from catalogue.kernel.invariants import violations
from catalogue.kernel.periods import CASABLANCA
from catalogue.lots.operations import SoldOut
from fulfilment.collecting import operations, tasks
from fulfilment.collecting.codes import code_of
from fulfilment.collecting.models import MOST_WRONG, Collection
from fulfilment.jobs.models import Job
from fulfilment.orders.models import Order
from fulfilment.payments import operations as payments
from fulfilment.payments.models import CashCollected, PaymentAttempt, Refund
from fulfilment.payments.queries import owed_by
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.queries import couriers, own_round
from tests.factories.bank import open_bank, pay
from tests.factories.lots import make_place
from tests.factories.orders import open_deliveries, stock
from tests.factories.shops import make_keeper, make_ready, make_shop, order_to_fetch, put_in
from tests.storefront.payments.support import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    open_deliveries()
    return make_shop()


@pytest.fixture
def jar(shop):
    record = stock("120.00", in_stock=10)
    put_in(shop, record, 3)
    return record


@pytest.fixture
def ready(shop, jar):
    return make_ready(order_to_fetch(shop, (jar, 2)))


def give(order, shop, code=None, **fields):
    code = code or code_of(order.number, Collection.objects.get(order=order).code_number)
    values = {"order_id": order.pk, "place_id": shop.pk, "code": code, "by": None, "now": timezone.now()}
    return operations.hand_over(**values | fields)


def casablanca(*parts):
    return datetime(*parts, tzinfo=CASABLANCA)


def broken():
    return [(name, rows) for name, rows in violations() if rows]


def test_an_order_to_fetch_takes_that_shops_lots_alone_even_when_others_age_first(shop, jar):
    order = order_to_fetch(shop, (jar, 3))

    taken = {(row.stock.place_id, row.quantity) for row in order.lines.get().allocations.all()}
    assert taken == {(shop.pk, 3)}
    assert (order.collect_at_id, order.shipping_code, order.shipping_incl_tax) == (shop.pk, "collect", 0)
    assert (order.promised_first, order.promised_last) == (
        casablanca(2026, 11, 20).date(),
        casablanca(2026, 11, 26).date(),
    )


def test_more_than_the_shop_has_is_sold_out_there_though_the_cooperative_has_more(shop, jar):
    with pytest.raises(SoldOut):
        order_to_fetch(shop, (jar, 4))

    assert not Order.objects.exists()


def test_a_packed_order_waits_five_days_of_opening_and_its_code_hands_it_over_for_cash(shop, jar, ready):
    waiting = Collection.objects.get()
    keeper = make_keeper(shop)

    give(ready, shop, by=keeper)

    ready.refresh_from_db()
    done, till = Collection.objects.get(), operations.till_of(shop)
    assert waiting.expires_at == casablanca(2026, 11, 26, 19)  # Friday's order: Saturday, Monday to Thursday
    assert (done.handed_over_by, done.paid_how, ready.status) == (keeper, "cash", "DELIVERED")
    assert CashCollected.objects.get().amount == ready.total_incl_tax == owed_by(till.courier_id)
    assert PaymentAttempt.objects.get().state == "SUCCEEDED"
    assert broken() == []


def test_the_till_is_no_courier_to_whom_a_parcel_is_given(shop):
    before = own_round()
    till = operations.till_of(shop)

    assert own_round() == before
    assert till.courier not in couriers()
    assert operations.till_of(shop) == till


@pytest.mark.parametrize("written", ["", "abc", "12345", "1234567", "000000", "\x00"])
def test_what_is_not_the_code_hands_nothing_over_and_is_counted(shop, ready, written):
    with pytest.raises(operations.WrongCode) as refused:
        give(ready, shop, code=written or " ")

    waiting = Collection.objects.get()
    assert (refused.value.left, waiting.wrong_codes, waiting.is_waiting) == (MOST_WRONG - 1, 1, True)


def test_a_code_reads_in_arabic_digits_with_a_space(shop, ready):
    code = code_of(ready.number, 1).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    give(ready, shop, code=f"{code[:3]} {code[3:]}")

    assert not Collection.objects.get().is_waiting


def test_five_wrong_codes_lock_it_for_the_right_one_too_until_another_is_sent(shop, ready):
    for _try in range(MOST_WRONG):
        with pytest.raises(operations.WrongCode):
            give(ready, shop, code="1")
    with pytest.raises(operations.CodeLocked):
        give(ready, shop)

    operations.give_new_code(order_id=ready.pk, place_id=shop.pk, now=timezone.now())

    with pytest.raises(operations.WrongCode):
        give(ready, shop, code=code_of(ready.number, 1))
    give(ready, shop)
    assert not Collection.objects.get().is_waiting


def test_another_shop_hands_nothing_over(shop, ready):
    other = make_place("shop", code="SHOP-RABAT")

    with pytest.raises(operations.NotWaiting):
        give(ready, other)


def test_a_code_is_worth_nothing_once_its_time_is_over_or_it_was_used(shop, ready):
    after = Collection.objects.get().expires_at
    with pytest.raises(operations.TooLate):
        give(ready, shop, now=after)
    give(ready, shop)

    with pytest.raises(operations.NotWaiting):
        give(ready, shop)


def test_it_is_kept_longer_once(shop, ready):
    before = Collection.objects.get().expires_at

    longer = operations.extend(order_id=ready.pk, place_id=shop.pk, now=timezone.now())

    assert longer.expires_at == casablanca(2026, 12, 2, 19) > before
    with pytest.raises(operations.ExtendedAlready):
        operations.extend(order_id=ready.pk, place_id=shop.pk, now=timezone.now())


def test_nobody_came_so_the_goods_are_on_offer_again_and_nothing_is_due(shop, jar, ready, clock):
    expires_at = Collection.objects.get().expires_at
    assert operations.let_go(order_id=ready.pk, now=expires_at - timedelta(seconds=1)) is False

    clock.move_to(expires_at)
    assert operations.let_go(order_id=ready.pk, now=expires_at) is True
    assert operations.let_go(order_id=ready.pk, now=expires_at) is False

    ready.refresh_from_db()
    jar.refresh_from_db()
    assert (ready.status, ready.consignments.get().state) == ("CANCELLED", "CANCELLED")
    assert (jar.num_in_stock, jar.num_allocated) == (13, 0)
    assert PaymentAttempt.objects.get().state == "CANCELLED"
    assert ready.events.filter(kind="not_collected").exists()
    assert broken() == []


def test_what_was_paid_goes_back_by_itself_when_nobody_came(shop, jar):
    with open_bank() as bank:
        order = order_to_fetch(shop, (jar, 1), payment_method="card")
        intent = start(order)
        pay(bank, intent.id)
        payments.settle(intent_id=intent.id, now=timezone.now())
        make_ready(order)

        operations.let_go(order_id=order.pk, now=Collection.objects.get().expires_at)

        refund = Refund.objects.get()
        assert (refund.amount, refund.reason) == (order.total_incl_tax, "CANCELLED")


def test_the_sweep_has_each_order_let_go_once(shop, ready, clock):
    clock.move_to(Collection.objects.get().expires_at)

    for _time in range(2):
        tasks.look_at_waiting()

    assert Job.objects.filter(task=tasks.LET_GO).count() == 1


def test_the_office_that_gives_a_parcel_out_itself_ends_its_collection(shop, ready):
    parcel = ready.consignments.get()
    warehouse.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now())
    assert operations.let_go(order_id=ready.pk, now=Collection.objects.get().expires_at) is False
    warehouse.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())

    assert Collection.objects.get().handed_over_at is not None
