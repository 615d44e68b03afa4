import pytest
from django.utils import timezone

from catalogue.kernel import events
from fulfilment.jobs.models import Job
from fulfilment.orders import operations as orders
from fulfilment.orders import signals as order_signals
from fulfilment.orders.models import Order
from fulfilment.warehouse import operations, signals
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


def test_a_confirmed_order_writes_one_job_that_opens_its_parcels(run_jobs):
    order = make_held_order()

    for signal in (order_signals.order_confirmed, order_signals.order_paid):
        events.announce(signal, order_id=order.pk)
    run_jobs()

    assert Job.objects.filter(task="fulfilment.warehouse.open_consignments").count() == 1
    assert order.consignments.count() == 2


def test_open_consignments_makes_one_for_each_cooperative_and_starts_the_preparation():
    atlas, souss = make_stockrecord(), make_stockrecord()
    order = make_held_order((souss, 2), (atlas, 3), (make_stockrecord(cooperative=atlas.partner), 1))

    opened = operations.open_consignments(order_id=order.pk, now=timezone.now())

    order.refresh_from_db()
    assert [(c.reference, c.origin.cooperative_id, c.lines.count()) for c in opened] == [
        (f"{order.number}-1", atlas.partner_id, 2),
        (f"{order.number}-2", souss.partner_id, 1),
    ]
    assert order.status == Order.Status.PREPARING


def test_open_consignments_twice_changes_nothing():
    order = make_held_order()

    first = open_parcels(order)
    second = open_parcels(order)

    assert first == second
    assert order.events.filter(kind="preparing").count() == 1


@pytest.mark.parametrize("status", ["PENDING_PAYMENT", "PENDING_CONFIRMATION"])
def test_open_consignments_of_an_order_that_nobody_promised_to_pay_is_refused(status):
    order = make_held_order(status=status)

    with pytest.raises(operations.NotToBePrepared):
        open_parcels(order)


@pytest.mark.parametrize("status", ["CANCELLED", "EXPIRED"])
def test_open_consignments_of_an_order_called_off_meanwhile_opens_nothing(status):
    assert open_parcels(make_held_order(status=status)) == []


def test_an_order_follows_its_least_advanced_parcel():
    order = make_held_order()
    first, second = open_parcels(order)

    seen = []
    for consignment, state in [
        (first, "HANDED_OVER"),
        (second, "PACKED"),
        (second, "HANDED_OVER"),
        (first, "DELIVERED"),
        (second, "DELIVERED"),
    ]:
        move_to(consignment, state)
        order.refresh_from_db()
        seen.append(order.status)

    assert seen == ["PREPARING", "PREPARING", "SHIPPED", "SHIPPED", "DELIVERED"]


def test_a_move_keeps_when_and_who_and_leaves_an_event():
    order = make_held_order()
    consignment = open_parcels(order)[0]
    packer = make_person()
    now = timezone.now()

    operations.pick(consignment_id=consignment.pk, by=packer, now=now)

    consignment.refresh_from_db()
    assert (consignment.state, consignment.picked_at, consignment.moved_by) == ("PICKED", now, packer)
    event = order.events.get(kind="consignment_picked")
    assert (event.by, event.data) == (packer, {"consignment": consignment.reference})


def test_a_step_left_out_is_refused():
    consignment = open_parcels(make_held_order())[0]

    with pytest.raises(operations.ImpossibleMove):
        operations.hand_over(consignment_id=consignment.pk, by=None, now=timezone.now())


def test_the_same_move_twice_takes_the_goods_off_the_shelf_once():
    record = make_stockrecord(in_stock=10)
    consignment = open_parcels(make_held_order((record, 3)))[0]
    move_to(consignment, "PACKED")

    for _ in range(2):
        operations.hand_over(consignment_id=consignment.pk, by=None, now=timezone.now())

    record.refresh_from_db()
    assert (record.num_in_stock, record.num_allocated) == (7, 0)


def test_cancelling_an_order_calls_off_its_parcels_and_frees_its_goods():
    record = make_stockrecord(in_stock=10)
    order = make_held_order((record, 3))
    consignment = move_to(open_parcels(order)[0], "PICKED")

    orders.cancel(order_id=order.pk, now=timezone.now())

    consignment.refresh_from_db()
    record.refresh_from_db()
    assert (consignment.state, consignment.cancelled_at is not None) == ("CANCELLED", True)
    assert (record.num_in_stock, record.num_allocated) == (10, 0)


def test_an_order_with_a_packed_parcel_is_not_cancelled():
    order = make_held_order()
    move_to(open_parcels(order)[0], "PACKED")

    with pytest.raises(orders.TooLateToCancel):
        orders.cancel(order_id=order.pk, now=timezone.now())

    assert set(order.consignments.values_list("state", flat=True)) == {"OPEN", "PACKED"}


def test_delivering_is_announced_once():
    consignment = open_parcels(make_held_order())[0]
    heard = []

    def hear(consignment_id, **kwargs):
        heard.append(consignment_id)

    signals.consignment_delivered.connect(hear)
    try:
        move_to(consignment, "DELIVERED")
        operations.deliver(consignment_id=consignment.pk, by=None, now=timezone.now())
    finally:
        signals.consignment_delivered.disconnect(hear)

    assert heard == [consignment.pk]
    assert Consignment.objects.get(pk=consignment.pk).delivered_at is not None
