from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from fulfilment.jobs.models import Job
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import Payable, Payout, PayoutRun
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db


def deliver(*items, **fields):
    order = make_held_order(*items, **fields)
    consignments = [move_to(consignment, "DELIVERED") for consignment in open_parcels(order)]
    for consignment in consignments:
        operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())
    return order


def test_a_delivery_has_its_earnings_recorded_on_the_money_queue(run_jobs):
    record = make_stockrecord(farm_gate="80.00")
    move_to(open_parcels(make_held_order((record, 2)))[0], "DELIVERED")

    run_jobs()

    assert Job.objects.get(task="fulfilment.payouts.record_earnings").queue == "money"
    assert list(Payable.objects.values_list("cooperative", "amount_mad")) == [(record.partner_id, Decimal("160.00"))]


def test_record_earnings_twice_adds_nothing():
    deliver((make_stockrecord(), 2))
    before = Payable.objects.count()

    for consignment_id in Payable.objects.values_list("order_line__consignment_line__consignment", flat=True):
        operations.record_earnings(consignment_id=consignment_id, now=timezone.now())

    assert (before, Payable.objects.count()) == (1, 1)


def test_record_earnings_uses_the_amount_frozen_in_the_order():
    record = make_stockrecord(farm_gate="80.00")
    order = make_held_order((record, 2))
    StockRecord.objects.filter(pk=record.pk).update(farm_gate_price=Decimal("95.00"))
    consignment = move_to(open_parcels(order)[0], "DELIVERED")

    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())

    assert Payable.objects.get().amount_mad == Decimal("160.00")


def test_record_earnings_before_delivery_is_refused():
    consignment = open_parcels(make_held_order())[0]

    with pytest.raises(operations.NotDelivered):
        operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


def test_run_payouts_pays_each_cooperative_once_to_the_account_it_had():
    atlas, souss = make_stockrecord(farm_gate="80.00"), make_stockrecord(farm_gate="31.50")
    deliver((atlas, 2), (souss, 1))
    deliver((atlas, 1), currency="EUR", destination="FR", method="card")
    rib = atlas.partner.rib

    run = operations.run_payouts(now=timezone.now())
    Partner.objects.filter(pk=atlas.partner_id).update(rib="9" * 24)

    paid = {payout.cooperative_id: (payout.amount_mad, payout.rib, payout.state) for payout in run.payouts.all()}
    assert paid == {
        atlas.partner_id: (Decimal("240.00"), rib, "SETTLED"),
        souss.partner_id: (Decimal("31.50"), souss.partner.rib, "SETTLED"),
    }


def test_run_payouts_again_pays_nothing():
    deliver((make_stockrecord(), 2))
    operations.run_payouts(now=timezone.now())

    again = operations.run_payouts(now=timezone.now())

    assert (again, PayoutRun.objects.count(), Payout.objects.count()) == (None, 1, 1)


def test_run_payouts_stopped_in_the_middle_leaves_no_trace(monkeypatch):
    deliver((make_stockrecord(), 1), (make_stockrecord(), 1))
    settle = operations._settle
    calls = []

    def stop_at_the_second(payout, payable_ids):
        calls.append(payout)
        if len(calls) == 2:
            raise KeyboardInterrupt
        settle(payout, payable_ids)

    monkeypatch.setattr(operations, "_settle", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        operations.run_payouts(now=timezone.now())

    assert (PayoutRun.objects.count(), Payout.objects.count()) == (0, 0)
    assert set(Payable.objects.values_list("state", flat=True)) == {"PAYABLE"}


def test_a_payable_cannot_be_settled_without_a_payout():
    deliver((make_stockrecord(), 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Payable.objects.update(state="SETTLED")


def test_the_command_says_who_was_paid_and_what_in_all():
    record = make_stockrecord(farm_gate="80.00")
    deliver((record, 2))
    out = StringIO()

    call_command("run_payouts", stdout=out)
    call_command("run_payouts", stdout=out)

    lines = out.getvalue().replace("\u00a0", " ").splitlines()
    assert record.partner.name in lines[0]
    assert lines[1:] == ["PAY-20261120-01: 1 paid, MAD 160.00 in all.", "Nothing is owed: no payout."]


def test_the_command_stops_with_its_own_status_while_another_run_goes_on(monkeypatch):
    monkeypatch.setattr(operations, "try_advisory_lock", lambda name: False)

    with pytest.raises(CommandError) as stopped:
        call_command("run_payouts")

    assert stopped.value.returncode == 3


def test_statement_lists_what_is_owed_then_what_was_paid():
    record = make_stockrecord(farm_gate="80.00")
    order = deliver((record, 2), guest_email="buyer@example.com")
    owed = queries.statement(record.partner)

    run = operations.run_payouts(now=timezone.now())
    paid = queries.statement(record.partner, run.payouts.get())

    assert (owed.to_receive_mad, owed.paid_at, queries.owed(record.partner).payable_mad) == (
        Decimal("160.00"),
        None,
        Decimal("0.00"),
    )
    assert paid.lines == owed.lines
    assert [(line.order_number, line.quantity, line.sold_mad) for line in paid.lines] == [
        (order.number, 2, Decimal("160.00"))
    ]
    assert paid.paid_at == run.run_at
    assert "buyer@example.com" not in repr(paid)


def test_payout_of_gives_nothing_for_anothers():
    atlas, souss = make_stockrecord(), make_stockrecord()
    deliver((atlas, 1))
    payout = operations.run_payouts(now=timezone.now()).payouts.get()

    assert queries.payout_of(atlas.partner, payout.reference) == payout
    assert queries.payout_of(souss.partner, payout.reference) is None


@pytest.mark.parametrize("lines", [1, 3])
def test_statement_takes_one_query_however_long(lines, django_assert_num_queries):
    record = make_stockrecord(in_stock=20)
    for _ in range(lines):
        deliver((record, 1))

    with django_assert_num_queries(1):
        assert len(queries.statement(record.partner).lines) == lines
