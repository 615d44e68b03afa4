"""Between hand-over and door: on its way, out for delivery, turned round, lost; states, stock and money."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fulfilment.ledger import queries as ledger
from fulfilment.ledger.policies import AccountKey, Source
from fulfilment.ledger.policies.accounts import ACCRUED, COURIER_CASH, PARCELS_LOST, PAYABLE
from fulfilment.orders.confirming.queries import past_of
from fulfilment.orders.inspecting.queries import come_with
from fulfilment.payments.models import Refund
from fulfilment.payouts.models import Payout
from fulfilment.warehouse import on_the_way, operations, signals
from fulfilment.warehouse.models import Consignment
from tests.factories.bank import open_bank
from tests.factories.catalogue import make_stockrecord
from tests.factories.disputes import pay_by_card
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import pay_due
from tests.fulfilment.test_invariants import broken

pytestmark = pytest.mark.django_db


def told_by(signal):
    """Return the list that everything announced by a signal is put in."""
    told = []
    signal.connect(lambda **ids: told.append(ids["consignment_id"]), weak=False, dispatch_uid="test")
    return told


@pytest.fixture(autouse=True)
def quiet():
    yield
    for signal in (signals.consignment_out_for_delivery, signals.consignment_lost):
        signal.disconnect(dispatch_uid="test")


@pytest.fixture
def one():
    """A record of ten, and a parcel of three of it with the courier."""
    record = make_stockrecord(in_stock=10)
    return record, move_to(open_parcels(make_held_order((record, 3)))[0], "HANDED_OVER")


@pytest.fixture
def two(run_jobs):
    """An order in cash with two parcels, 120.00 and 2 × 60.00, delivery 35.00, both with the courier."""
    open_deliveries()
    order = place_order((stock("120.00", farm_gate="80.00"), 1), (stock("60.00", farm_gate="30.00"), 2))
    run_jobs()
    first, second = (move_to(parcel, "HANDED_OVER") for parcel in Consignment.objects.order_by("pk"))
    return order, first, second


def cooperative_of(parcel):
    return parcel.lines.get().order_line.partner_id


def lose(parcel, why="the van burnt"):
    return on_the_way.lose(consignment_id=parcel.pk, why=why, by=None, now=timezone.now())


def go_out(parcel, now=None):
    return on_the_way.go_out(consignment_id=parcel.pk, by=None, now=now or timezone.now())


def test_a_parcel_travels_leaves_for_the_door_each_day_once_and_is_delivered(one):
    _, parcel = one
    told, now = told_by(signals.consignment_out_for_delivery), timezone.now()

    for _ in range(2):
        on_the_way.set_off(consignment_id=parcel.pk, by=None, now=now)
    for at in (now, now + timedelta(hours=1), now + timedelta(days=1), now):
        go_out(parcel, at)
    operations.deliver(consignment_id=parcel.pk, by=None, now=now + timedelta(days=1))

    parcel.refresh_from_db()
    assert (parcel.state, parcel.in_transit_at) == ("DELIVERED", now)
    assert parcel.out_for_delivery_at == now + timedelta(days=1)
    assert told == [parcel.pk, parcel.pk]
    assert parcel.order.events.filter(kind="consignment_in_transit").count() == 1
    assert broken() == []


def test_nothing_is_on_its_way_out_or_lost_that_is_not_with_a_courier():
    parcel = open_parcels(make_held_order())[0]

    for state in ("PACKED", "DELIVERED"):
        move_to(parcel, state)
        for act in (
            lambda: on_the_way.set_off(consignment_id=parcel.pk, by=None, now=timezone.now()),
            lambda: go_out(parcel),
            lambda: lose(parcel),
        ):
            with pytest.raises(operations.ImpossibleMove):
                act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consignment.objects.filter(pk=parcel.pk).update(state="LOST", lost_at=timezone.now())


def test_a_courier_turns_round_without_a_visit_and_the_goods_come_back(one):
    _, parcel = one

    for why in ("cancelled", "returned"):
        on_the_way.expect_back(consignment_id=parcel.pk, why=why, by=None, now=timezone.now())
    with pytest.raises(operations.ImpossibleMove):
        operations.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())
    assert broken() == []
    operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())

    parcel.refresh_from_db()
    assert (parcel.state, parcel.coming_back_why) == ("RETURNED", "cancelled")
    assert [row.quantity for row in come_with(parcel.reference)] == [3]
    assert broken() == []


def test_a_lost_parcel_is_lost_once_with_a_reason_and_its_goods_are_on_no_shelf(one):
    record, parcel = one
    told = told_by(signals.consignment_lost)
    with pytest.raises(operations.ReasonMissing):
        lose(parcel, " ")

    for why in ("the van burnt", "again"):
        lose(parcel, why)

    parcel.refresh_from_db()
    record.refresh_from_db()
    parcel.order.refresh_from_db()
    assert (parcel.state, parcel.lost_why, parcel.order.status) == ("LOST", "the van burnt", "RETURNED")
    assert (told, record.num_in_stock, record.num_allocated) == ([parcel.pk], 7, 0)
    for act in (operations.take_back, operations.deliver):
        with pytest.raises(operations.ImpossibleMove):
            act(consignment_id=parcel.pk, by=None, now=timezone.now())


def test_nothing_is_due_for_a_lost_parcel_in_cash_and_its_cooperative_is_paid_by_the_office(two, run_jobs):
    order, first, second = two
    lose(first)
    order.refresh_from_db()
    assert order.status == "SHIPPED"
    move_to(second, "DELIVERED")
    run_jobs()

    order.refresh_from_db()
    attempt = order.payment_attempts.get()
    assert (order.status, attempt.state, attempt.captured) == ("DELIVERED", "SUCCEEDED", Decimal("155.00"))
    assert ledger.balance_of(AccountKey(COURIER_CASH)) == Decimal("155.00")
    assert ledger.balance_of(AccountKey(PARCELS_LOST)) == Decimal("80.00")
    pay_due(timezone.now() + timedelta(days=3))  # what was sold waits for its day, what was lost for the next run
    assert list(Payout.objects.values_list("cooperative", "amount_mad")) == [(cooperative_of(first), Decimal("80.00"))]
    assert broken() == []


def test_all_lost_ends_the_order_and_says_nothing_of_its_buyer(two, run_jobs):
    order, first, second = two

    lose(first)
    lose(second)
    run_jobs()

    order.refresh_from_db()
    assert (order.status, order.payment_attempts.get().state) == ("RETURNED", "CANCELLED")
    assert ledger.find(Source.SALE, order.number) is None
    assert not past_of(order.phone).exists()
    assert broken() == []


def test_a_paid_parcel_that_is_lost_is_owed_back_whole_and_the_office_bears_it(run_jobs):
    with open_bank() as bank:
        open_deliveries()
        attempt = pay_by_card(bank)
        run_jobs()
        parcel = move_to(attempt.order.consignments.get(), "HANDED_OVER")

        lose(parcel)
        run_jobs()

        refund, cooperative = Refund.objects.get(), cooperative_of(parcel)
        owed = sum(line.owed_mad for line in attempt.order.lines.all())
        assert (refund.reason, refund.amount) == ("LOST", attempt.captured)
        assert ledger.balance_of(AccountKey(PARCELS_LOST)) == owed
        assert ledger.balance_of(AccountKey(PAYABLE, "MAD", cooperative)) == -owed
        assert ledger.balance_of(AccountKey(ACCRUED, "MAD", cooperative)) == 0
        assert broken() == []
