"""Two visits, and what becomes of a parcel that nobody takes: stock, states and money."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey, Source
from fulfilment.ledger.policies.accounts import COURIER_CASH
from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.models import Order
from fulfilment.payments.models import CashCollected
from fulfilment.payments.queries import due_at_door
from fulfilment.shipping.models import Courier
from fulfilment.warehouse import operations, policies, signals
from fulfilment.warehouse.models import Consignment, DeliveryAttempt
from tests.factories.catalogue import make_stockrecord
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.returns import inspect_all
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


def refuse(parcel, reason="changed_mind"):
    return operations.refuse(consignment_id=parcel.pk, reason=reason, by=None, now=timezone.now())


def miss(parcel, number, reason="no_answer"):
    return operations.miss(consignment_id=parcel.pk, number=number, reason=reason, by=None, now=timezone.now())


def take_back(parcel):
    return operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())


def at_couriers() -> Decimal:
    return ledger.balance_of(AccountKey(COURIER_CASH))


@pytest.fixture
def one():
    """A record of ten, and a parcel of three of it with the courier."""
    record = make_stockrecord(in_stock=10)
    parcel = move_to(open_parcels(make_held_order((record, 3)))[0], "HANDED_OVER")
    return record, parcel


@pytest.fixture
def two(run_jobs):
    """An order in cash with two parcels, 120.00 and 2 × 60.00, delivery 35.00, both with the courier."""
    open_deliveries()
    order = place_order((stock("120.00", farm_gate="80.00"), 1), (stock("60.00", farm_gate="30.00"), 2))
    run_jobs()
    first, second = (move_to(parcel, "HANDED_OVER") for parcel in Consignment.objects.order_by("pk"))
    return order, first, second


def test_case_28_cod_refused_at_the_door_books_no_sale_and_its_goods_are_stock_once_inspected(run_jobs):
    open_deliveries()
    record = stock("120.00", in_stock=10)
    order = place_order((record, 3))
    run_jobs()
    parcel = move_to(order.consignments.get(), "HANDED_OVER")

    refuse(parcel)
    order.refresh_from_db()
    record.refresh_from_db()
    assert (order.status, record.num_in_stock) == ("REFUSED", 7)
    take_back(parcel)
    order.refresh_from_db()
    record.refresh_from_db()
    assert (order.status, record.num_in_stock, broken()) == ("RETURNED", 7, [])
    inspect_all(parcel.reference)

    record.refresh_from_db()
    assert (record.num_in_stock, record.num_allocated) == (10, 0)
    assert order.payment_attempts.get().state == "CANCELLED"
    assert (ledger.find(Source.SALE, order.number), at_couriers(), CashCollected.objects.count()) == (None, 0, 0)
    run_jobs()
    assert broken() == []


def test_absent_twice_comes_back_once_and_waits_to_be_inspected(one):
    record, parcel = one

    miss(parcel, 1)
    miss(parcel, 2, "another_day")
    for _ in range(2):
        take_back(parcel)

    parcel.refresh_from_db()
    record.refresh_from_db()
    parcel.order.refresh_from_db()
    assert (parcel.state, parcel.coming_back_at is not None, parcel.order.status) == ("RETURNED", True, "RETURNED")
    assert (record.num_in_stock, Returned.objects.get().quantity) == (7, 3)
    assert parcel.order.events.filter(kind="consignment_returned").count() == 1
    assert broken() == []


def test_absent_once_then_delivered(one):
    _, parcel = one

    miss(parcel, 1)
    operations.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())

    assert list(parcel.delivery_attempts.values_list("number", "outcome")) == [(1, "absent"), (2, "delivered")]


def test_the_same_visit_written_twice_counts_once(one):
    _, parcel = one

    miss(parcel, 1)
    miss(parcel, 1)

    assert parcel.delivery_attempts.count() == 1


@pytest.mark.parametrize(
    "second", [refuse, lambda parcel: operations.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())]
)
def test_a_second_answer_at_the_same_door_changes_nothing_or_is_refused(one, second):
    _, parcel = one
    refuse(parcel)

    if second is refuse:
        refuse(parcel)
    else:
        with pytest.raises(operations.RecordedOtherwise):
            second(parcel)

    parcel.refresh_from_db()
    assert (parcel.state, parcel.delivery_attempts.count()) == ("REFUSED", 1)


def test_a_refusal_or_an_absence_says_why(one):
    _, parcel = one

    with pytest.raises(operations.ReasonMissing):
        refuse(parcel, "")
    with pytest.raises(operations.ReasonMissing):
        miss(parcel, 1, "")

    assert not parcel.delivery_attempts.exists()


@pytest.mark.parametrize("state", ["OPEN", "PICKED", "PACKED", "DELIVERED"])
def test_nothing_is_refused_missed_or_taken_back_that_is_not_at_the_door(state):
    parcel = open_parcels(make_held_order())[0]
    if state != "OPEN":
        move_to(parcel, state)

    for act in (refuse, lambda found: miss(found, 1), take_back):
        with pytest.raises((operations.ImpossibleMove, operations.RecordedOtherwise)):
            act(parcel)


def test_nothing_comes_back_that_was_neither_refused_nor_missed_twice(one):
    _, parcel = one
    miss(parcel, 1)

    with pytest.raises(operations.ImpossibleMove):
        take_back(parcel)


def test_after_two_visits_there_is_no_third(one):
    _, parcel = one
    miss(parcel, 1)
    miss(parcel, 2)

    for act in (refuse, lambda found: miss(found, 3)):
        with pytest.raises(operations.ImpossibleMove):
            act(parcel)


def test_the_database_refuses_a_third_visit_and_a_changed_one(one):
    _, parcel = one
    miss(parcel, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryAttempt.objects.create(
            consignment=parcel, number=3, outcome="absent", reason="no_answer", at=timezone.now()
        )
    with pytest.raises(Exception, match="agreed"), transaction.atomic():
        DeliveryAttempt.objects.update(outcome="refused")


def test_one_parcel_refused_of_two_is_paid_for_the_other_alone(two, run_jobs):
    order, first, second = two
    assert (due_at_door(order, first.reference), due_at_door(order, second.reference)) == (155, 155)

    refuse(first)
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    move_to(second, "DELIVERED")
    run_jobs()

    order.refresh_from_db()
    attempt = order.payment_attempts.get()
    assert (order.status, attempt.state, attempt.captured) == ("DELIVERED", "SUCCEEDED", Decimal("155.00"))
    assert at_couriers() == Decimal("155.00")
    assert ledger.balance_of(AccountKey("cooperatives.payable", "MAD", second.origin.cooperative_id)) == -60
    assert ledger.balance_of(AccountKey("cooperatives.accrued", "MAD", first.origin.cooperative_id)) == 0
    take_back(first)
    order.refresh_from_db()
    assert order.status == "DELIVERED"
    assert broken() == []


def test_both_parcels_paid_at_two_doors_come_to_the_order_exactly(two, run_jobs):
    order, first, second = two

    move_to(second, "DELIVERED")
    assert due_at_door(order, first.reference) == 120
    move_to(first, "DELIVERED")
    run_jobs()

    rows = CashCollected.objects.order_by("pk").values_list("parcel", "amount", "with_delivery")
    assert list(rows) == [(second.reference, 155, True), (first.reference, 120, False)]
    assert sum(amount for _, amount, _ in rows) == order.total_incl_tax == at_couriers()
    assert broken() == []


def test_the_goods_that_come_back_are_announced_with_whether_nothing_was_accepted(two):
    order, first, second = two
    heard = []

    def hear(quantities, delivery, **kwargs):
        heard.append((sorted(quantities.values()), delivery))

    signals.consignment_returned.connect(hear)
    try:
        refuse(first)
        refuse(second)
        take_back(first)
        take_back(second)
    finally:
        signals.consignment_returned.disconnect(hear)

    assert heard == [([1], False), ([2], True)]
    order.refresh_from_db()
    assert order.status == "RETURNED"


def test_whoever_carried_it_owes_its_cash(run_jobs):
    open_deliveries()
    own = Courier.objects.create(name="Own", kind="own")
    other = Courier.objects.create(name="Other", kind="partner")
    first, second = place_order((stock(), 1)), place_order((stock(), 1))
    run_jobs()
    for order, chosen in ((first, None), (second, other.pk)):
        parcel = move_to(order.consignments.get(), "PACKED")
        operations.hand_over(consignment_id=parcel.pk, by=None, now=timezone.now(), courier_id=chosen)
        move_to(parcel, "DELIVERED")

    assert list(CashCollected.objects.order_by("pk").values_list("courier", flat=True)) == [own.pk, other.pk]


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["DELIVERED", "REFUSED"], "DELIVERED"),
        (["DELIVERED", "RETURNED"], "DELIVERED"),
        (["REFUSED", "RETURNED"], "REFUSED"),
        (["RETURNED", "RETURNED", "CANCELLED"], "RETURNED"),
        (["HANDED_OVER", "REFUSED"], "SHIPPED"),
        (["PACKED", "REFUSED"], "PREPARING"),
    ],
)
def test_order_status_once_some_of_it_was_not_taken(states, status):
    assert policies.order_status(states) == status
