from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import events
from fulfilment.jobs.models import Job
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.orders import signals as orders
from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing import operations as withdrawing
from fulfilment.payments import signals as payments
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import Freeze, OrderCash, Payable, Payout, PayoutLine, PayoutRun
from fulfilment.payouts.operations import drafting
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import deliver, draft, earn, hand_in_cash, later, pay_all

pytestmark = pytest.mark.django_db


def owed(cooperative: Partner, now: datetime | None = None) -> tuple[Decimal, Decimal]:
    found = queries.owed(cooperative, now or timezone.now())
    return found.owed_mad, found.due_mad


def test_a_delivery_has_its_earnings_recorded_on_the_money_queue(run_jobs):
    record = make_stockrecord(farm_gate="80.00")
    move_to(open_parcels(make_held_order((record, 2)))[0], "DELIVERED")

    run_jobs()

    assert Job.objects.get(task="fulfilment.payouts.record_earnings").queue == "money"
    assert list(Payable.objects.values_list("cooperative", flat=True)) == [record.partner_id]
    assert owed(record.partner) == (Decimal("160.00"), Decimal("0.00"))


def test_record_earnings_twice_adds_nothing():
    record = make_stockrecord(farm_gate="80.00")
    deliver((record, 2))

    earn(Consignment.objects.get())

    assert (Payable.objects.count(), owed(record.partner)[0]) == (1, Decimal("160.00"))


def test_record_earnings_uses_the_amount_frozen_in_the_order():
    record = make_stockrecord(farm_gate="80.00")
    order = make_held_order((record, 2))
    StockRecord.objects.filter(pk=record.pk).update(farm_gate_price=Decimal("95.00"))

    earn(move_to(open_parcels(order)[0], "DELIVERED"))

    assert owed(record.partner)[0] == Decimal("160.00")


def test_record_earnings_before_delivery_is_refused():
    consignment = open_parcels(make_held_order())[0]

    with pytest.raises(operations.NotDelivered):
        operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


def test_goods_paid_by_card_are_payable_when_they_can_no_longer_be_sent_back(clock):
    record = make_stockrecord(farm_gate="80.00")  # sealed food: seven days after Friday 20 November, in Morocco
    deliver((record, 2), method="card")

    payable = Payable.objects.get()

    assert payable.payable_from == datetime(2026, 11, 28, tzinfo=UTC)
    just_before = payable.payable_from - timedelta(seconds=1)
    assert owed(record.partner, just_before) == (Decimal("160.00"), Decimal("0.00"))
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    assert draft(monday - timedelta(seconds=1)) is None  # of the week that ended on the 23rd
    assert draft(monday).payouts.get().amount_mad == Decimal("160.00")


def test_cash_is_payable_only_once_the_courier_has_handed_it_in():
    record = make_stockrecord(farm_gate="80.00")
    order = deliver((record, 2))
    late = later()
    without = draft(late)

    with transaction.atomic():
        events.announce(payments.cash_remitted, order_ids=[order.pk], remittance_id=1)

    payable = Payable.objects.get()
    assert without is None
    assert payable.payable_from == payable.withdrawal_ends_at > OrderCash.objects.get().in_at
    assert draft(late).payouts.get().amount_mad == Decimal("160.00")


def test_cash_handed_in_after_the_withdrawal_days_is_payable_from_then():
    order = deliver((make_stockrecord(), 2))
    in_at = later()

    operations.take_in_cash(order_ids=[order.pk], now=in_at)
    operations.take_in_cash(order_ids=[order.pk], now=in_at + timedelta(days=1))

    assert Payable.objects.get().payable_from == in_at


def test_cash_handed_in_before_the_earnings_are_written_is_remembered():
    order = make_held_order((make_stockrecord(), 2))
    consignment = move_to(open_parcels(order)[0], "DELIVERED")
    operations.take_in_cash(order_ids=[order.pk], now=timezone.now())

    earn(consignment)

    assert list(Payable.objects.values_list("money_in_at", flat=True)) == [OrderCash.objects.get().in_at]
    assert OrderCash.objects.get().in_at


def test_the_first_parcel_waits_for_the_last():
    atlas, souss = make_stockrecord(farm_gate="80.00"), make_stockrecord(farm_gate="30.00")
    order = make_held_order((atlas, 1), (souss, 1), method="card")
    first, second = open_parcels(order)
    earn(move_to(first, "DELIVERED"))
    undated = Payable.objects.get().payable_from

    earn(move_to(second, "DELIVERED"))

    days = set(Payable.objects.values_list("payable_from", flat=True))
    assert (undated, len(days), None in days) == (None, 1, False)


def test_a_dispute_freezes_what_an_order_earned_until_it_is_over():
    record = make_stockrecord(farm_gate="80.00")
    disputed = deliver((record, 2), method="card")
    deliver((record, 1), method="card")
    with transaction.atomic():
        events.announce(payments.dispute_opened, order_id=disputed.pk, dispute_id=7)
    first = pay_all()

    with transaction.atomic():
        events.announce(payments.dispute_closed, order_id=disputed.pk, dispute_id=7, won=True)
    second = pay_all()

    assert [run.payouts.get().amount_mad for run in (first, second)] == [Decimal("80.00"), Decimal("160.00")]
    assert Freeze.objects.get().lifted_at


def test_a_dispute_that_opens_before_the_delivery_freezes_what_comes():
    record = make_stockrecord()
    order = make_held_order((record, 1), method="card")
    operations.freeze(order_id=order.pk, dispute_id=7, now=timezone.now())

    earn(move_to(open_parcels(order)[0], "DELIVERED"))

    assert draft(later()) is None


def test_a_dispute_told_twice_is_one_freeze():
    order = deliver()
    for _ in range(2):
        operations.freeze(order_id=order.pk, dispute_id=7, now=timezone.now())

    assert Freeze.objects.count() == 1


def test_goods_on_their_way_back_are_not_paid():
    record = make_stockrecord(farm_gate="80.00")
    order = deliver((record, 2), method="card")
    withdrawal = withdrawing.declare(
        order_id=order.pk, pieces={order.lines.get().pk: 1}, name="Salma", confirmation="once", now=timezone.now()
    )
    waiting = draft(later())

    withdrawing.call_off(withdrawal_id=withdrawal.pk, now=timezone.now())

    assert waiting is None
    assert draft(later()).payouts.get().amount_mad == Decimal("160.00")


def test_run_payouts_pays_each_cooperative_once_to_the_account_it_had():
    atlas, souss = make_stockrecord(farm_gate="80.00"), make_stockrecord(farm_gate="31.50")
    deliver((atlas, 2), (souss, 1))
    deliver((atlas, 1), currency="EUR", destination="FR", method="card")

    run = pay_all()

    paid = {payout.cooperative_id: (payout.amount_mad, payout.rib, payout.state) for payout in run.payouts.all()}
    assert paid == {
        atlas.partner_id: (Decimal("240.00"), atlas.partner.bank_accounts.get().rib, "SETTLED"),
        souss.partner_id: (Decimal("31.50"), souss.partner.bank_accounts.get().rib, "SETTLED"),
    }


def test_run_payouts_again_pays_nothing():
    deliver((make_stockrecord(), 2))
    pay_all()

    again = pay_all()

    assert (again, PayoutRun.objects.count(), Payout.objects.count()) == (None, 1, 1)


def test_run_payouts_stopped_in_the_middle_leaves_no_trace(monkeypatch):
    deliver((make_stockrecord(), 1), (make_stockrecord(), 1))

    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(drafting, "_cover", stop)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        pay_all()

    assert (PayoutRun.objects.count(), Payout.objects.count(), PayoutLine.objects.count()) == (0, 0, 0)


def statements_of_a_run(lines: int) -> int:
    record = make_stockrecord(in_stock=20)
    for _ in range(lines):
        deliver((record, 1), (make_stockrecord(), 1))
    hand_in_cash()
    with CaptureQueriesContext(connection) as asked:
        draft(later())
    return len(asked)


def test_a_run_asks_the_same_however_much_it_pays():
    statements_of_a_run(1)  # opens the accounts

    assert statements_of_a_run(1) == statements_of_a_run(3)


def test_the_command_says_who_was_paid_and_what_in_all(clock):
    record = make_stockrecord(farm_gate="80.00")
    deliver((record, 2))
    hand_in_cash()
    clock.shift(timedelta(days=10))
    out = StringIO()

    call_command("run_payouts", stdout=out)
    call_command("run_payouts", stdout=out)

    lines = out.getvalue().replace("\u00a0", " ").splitlines()
    assert record.partner.name in lines[0]
    assert lines[1:] == [
        "PAY-20261130-W1: 1 drafted, MAD 160.00 in all, to be paid on 2026-11-30.",
        "Nothing is due: no payout.",
    ]


def test_the_command_stops_with_its_own_status_while_another_run_goes_on(monkeypatch):
    monkeypatch.setattr(drafting, "try_advisory_lock", lambda name: False)

    with pytest.raises(CommandError) as stopped:
        call_command("run_payouts")

    assert stopped.value.returncode == 3


def test_a_payout_of_another_sum_than_it_covers_is_refused():
    deliver((make_stockrecord(), 1))
    pay_all()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Payout.objects.update(amount_mad=Decimal("1.00"))


def test_a_payout_of_nothing_owed_is_refused():
    deliver((make_stockrecord(), 1))
    hand_in_cash()
    run = draft(later())
    fields = Payout.objects.filter(run=run).values().get()
    more = fields | {"id": None, "reference": "more", "cooperative_id": make_stockrecord().partner_id}

    Payout.objects.create(**more)

    with pytest.raises(IntegrityError, match="covers 0 centimes"), transaction.atomic():
        check_now()
    transaction.set_rollback(True)


def check_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_leg_is_covered_once():
    deliver((make_stockrecord(), 1))
    payout = pay_all().payouts.get()

    with pytest.raises(IntegrityError, match="ledger_line"), transaction.atomic():
        PayoutLine.objects.create(payout=payout, ledger_line=PayoutLine.objects.earliest("pk").ledger_line)


def test_a_payout_gets_no_leg_more():
    record = make_stockrecord()
    deliver((record, 1))
    hand_in_cash()
    payout = draft(later()).payouts.get()
    deliver((record, 1))
    leg = LedgerLine.objects.filter(account__code="cooperatives.payable", payout_line=None).get()

    with pytest.raises(IntegrityError, match="covers"), transaction.atomic():
        PayoutLine.objects.create(payout=payout, ledger_line=leg)


def test_another_cooperative_s_leg_is_refused():
    deliver((make_stockrecord(farm_gate="80.00"), 1))
    hand_in_cash()
    payout = draft(later()).payouts.get()
    deliver((make_stockrecord(farm_gate="80.00"), 1))
    leg = LedgerLine.objects.filter(account__code="cooperatives.payable", payout_line=None).get()

    with pytest.raises(IntegrityError, match="not owed to its cooperative"), transaction.atomic():
        PayoutLine.objects.create(payout=payout, ledger_line=leg)


def test_an_order_whose_last_parcel_never_came_dates_what_arrived():
    atlas, souss = make_stockrecord(), make_stockrecord()
    order = make_held_order((atlas, 1), (souss, 1), method="card")
    first, second = open_parcels(order)
    earn(move_to(first, "DELIVERED"))
    Consignment.objects.filter(pk=second.pk).update(state="LOST", lost_at=timezone.now(), lost_why="van burnt")
    Order.objects.filter(pk=order.pk).update(status="DELIVERED")

    with transaction.atomic():
        events.announce(orders.order_delivered, order_id=order.pk)

    assert Payable.objects.get().payable_from == datetime(2026, 11, 28, tzinfo=UTC)
