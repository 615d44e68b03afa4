"""What couriers owe and hand in."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.policies.accounts import BANK, COURIER_CASH
from fulfilment.payments import operations, queries, signals
from fulfilment.payments.models import CashCollected, CashRemittance
from fulfilment.shipping.models import Courier
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import move_to
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


@pytest.fixture
def heard():
    found = []

    def hear(order_ids, remittance_id, **kwargs):
        found.append(order_ids)

    signals.cash_remitted.connect(hear)
    yield found
    signals.cash_remitted.disconnect(hear)


@pytest.fixture
def courier():
    return Courier.objects.create(name="Own", kind="own")


@pytest.fixture
def three(courier, run_jobs):
    """Three orders of 155.00 delivered by one courier, the first the oldest."""
    open_deliveries()
    orders = [place_order((stock("120.00"), 1)) for _ in range(3)]
    run_jobs()
    for order in orders:
        move_to(order.consignments.get(), "DELIVERED")
    run_jobs()
    return orders, list(CashCollected.objects.order_by("pk"))


def remit(courier, rows, amount, reference="R1", **fields):
    values = {"received_on": TODAY, "now": timezone.now()} | fields
    return operations.remit_cash(
        courier_id=courier.pk,
        collections=[row.pk for row in rows],
        amount=Decimal(amount),
        reference=reference,
        **values,
    )


def test_cash_handed_in_whole_is_booked_and_announced(courier, three, heard):
    orders, rows = three

    remit(courier, rows, "465.00")

    assert queries.owed_by(courier.pk) == 0
    assert (ledger.balance_of(AccountKey(COURIER_CASH)), ledger.balance_of(AccountKey(BANK))) == (0, 465)
    assert heard == [[order.pk for order in orders]]
    assert broken() == []


def test_too_little_pays_the_oldest_whole_and_the_rest_stays_owed(courier, three, heard):
    orders, rows = three

    remit(courier, rows, "400.00")

    assert heard == [[orders[0].pk, orders[1].pk]]
    (debt,) = queries.debts()
    assert (debt.owed, debt.on_account, [row.pk for row in debt.collections]) == (65, 90, [rows[2].pk])
    assert broken() == []
    remit(courier, rows[2:], "65.00", reference="R2")
    assert heard[1:] == [[orders[2].pk]]
    assert broken() == []


def test_more_than_is_owed_is_refused_and_nothing_is_written(courier, three):
    _, rows = three

    with pytest.raises(operations.MoreThanOwed) as refusal:
        remit(courier, rows, "465.01")

    assert (refusal.value.owed, CashRemittance.objects.count()) == (465, 0)


def test_the_same_remittance_twice_is_written_once(courier, three, heard):
    _, rows = three

    first = remit(courier, rows[:1], "155.00")
    again = remit(courier, rows[:1], "155.00")

    assert (first.pk, CashRemittance.objects.count(), len(heard)) == (again.pk, 1, 1)
    assert ledger.balance_of(AccountKey(BANK)) == 155


def test_a_reference_stands_for_one_sum_and_a_parcel_is_paid_for_once(courier, three):
    _, rows = three
    remit(courier, rows[:1], "155.00")

    for chosen, reference, amount in ((rows[1:], "R1", "310.00"), (rows[:1], "R2", "155.00")):
        with pytest.raises(operations.RemittedAlready):
            remit(courier, chosen, amount, reference)


def test_another_couriers_parcels_are_not_paid_for(courier, three):
    _, rows = three
    other = Courier.objects.create(name="Other", kind="partner")

    for chosen in (rows, [*rows, CashCollected(pk=0)]):
        with pytest.raises(operations.NotTheirs):
            remit(other, chosen, "10.00")


def test_an_order_is_in_only_when_nothing_of_it_is_under_way(courier, run_jobs, heard):
    open_deliveries()
    order = place_order((stock("120.00"), 1), (stock("60.00"), 1))
    run_jobs()
    first, second = (move_to(parcel, "HANDED_OVER") for parcel in order.consignments.order_by("pk"))
    move_to(first, "DELIVERED")

    remit(courier, CashCollected.objects.all(), "155.00")
    assert heard == []
    from fulfilment.warehouse import operations as warehouse

    warehouse.refuse(consignment_id=second.pk, reason="no_money", by=None, now=timezone.now())

    assert heard == [[order.pk]]
    run_jobs()
    assert broken() == []


def test_debts_take_as_many_queries_for_three_as_for_one(courier, three, django_assert_num_queries):
    _, rows = three
    remit(courier, rows[:2], "310.00")
    with django_assert_num_queries(4):
        assert len(queries.debts()[0].collections) == 1
    CashCollected.objects.filter(remittance__isnull=False).update(remittance=None)
    with django_assert_num_queries(4):
        assert len(queries.debts()[0].collections) == 3


def test_what_was_collected_is_never_changed(courier, three):
    with pytest.raises(Exception, match="agreed"):
        CashCollected.objects.update(amount=1)


def test_debts_say_since_when(courier, three):
    (debt,) = queries.debts()

    assert timezone.now() - debt.oldest_at < timedelta(minutes=10)
