"""Any history of sales, deliveries, refunds, disputes, cash and runs: payouts and what is owed are the ledger's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from catalogue.kernel.invariants import registered
from fulfilment.ledger.models import Entry
from fulfilment.ledger.queries import balances_by_cooperative
from fulfilment.orders.models import Line
from fulfilment.payouts import operations, queries
from fulfilment.payouts.models import Payable, Payout, PayoutLine
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_stockrecord
from tests.factories.movements import charge_back, give_back, put_back
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import earn

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")
COOPERATIVES = 2


class Payouts(RuleBasedStateMachine):
    """The office over some months. Each step lies some days after the last; ``taken`` are pieces given back by line."""

    orders = Bundle("orders")
    parcels = Bundle("parcels")
    refunds = Bundle("refunds")

    def __init__(self):
        super().__init__()
        self.began = transaction.savepoint()
        self.records = [make_stockrecord(farm_gate="80.00", in_stock=1000) for _ in range(COOPERATIVES)]
        self.now = timezone.now()
        self.earned = dict.fromkeys((record.partner_id for record in self.records), ZERO)
        self.taken, self.charged, self.disputes, self.frozen = {}, set(), 0, {}

    def teardown(self):
        transaction.savepoint_rollback(self.began)

    @rule(days=st.integers(0, 12))
    def wait(self, days):
        self.now += timedelta(days=days)

    @rule(
        target=parcels,
        pieces=st.lists(st.integers(1, 4), min_size=1, max_size=COOPERATIVES),
        method=st.sampled_from(["card", "cash"]),
    )
    def sell(self, pieces, method):
        order = make_held_order(*zip(self.records, pieces, strict=False), method=method)
        return multiple(*(parcel.pk for parcel in open_parcels(order)))

    @rule(target=orders, parcel=consumes(parcels))
    def deliver(self, parcel):
        consignment = move_to(Consignment.objects.get(pk=parcel), "DELIVERED")
        earn(consignment)
        for line in Line.objects.filter(consignment_line__consignment=parcel):
            self.earned[line.partner_id] += line.owed_mad
        return consignment.order_id

    @rule(order=orders)
    def hand_in_cash(self, order):
        if Payable.objects.filter(order_line__order=order, money_in_at=None).exists():
            operations.take_in_cash(order_ids=[order], now=self.now)

    @rule(target=refunds, order=orders, pieces=st.integers(1, 2))
    def refund(self, order, pieces):
        line = self.delivered_line(order)
        before = self.taken.get(line.pk, 0)
        if line.pk in self.charged or before + pieces > line.quantity:
            return multiple()
        self.taken[line.pk] = before + pieces
        return give_back(line, pieces, before).pk, line.pk, pieces

    @rule(refund=consumes(refunds))
    def fail_the_last_refund(self, refund):
        pk, line, pieces = refund
        if self.taken.get(line) == pieces:  # shares are counted from the first piece on
            put_back(Entry.objects.get(pk=pk))
            self.taken[line] = 0

    @rule(order=orders)
    def dispute(self, order):
        self.disputes += 1
        self.frozen[self.disputes] = order
        operations.freeze(order_id=order, dispute_id=self.disputes, now=self.now)

    @rule(lost=st.booleans())
    def close_a_dispute(self, lost):
        if not self.frozen:
            return
        number, order = self.frozen.popitem()
        line = self.delivered_line(order)
        if lost and not self.taken.get(line.pk) and line.pk not in self.charged:
            charge_back(line)
            self.charged.add(line.pk)
        operations.lift(dispute_id=number, now=self.now)

    @rule()
    def run_payouts(self):
        before = queries.owed_by_cooperative(self.now)
        run = operations.run_payouts(now=self.now)
        paid = {payout.cooperative_id: payout.amount_mad for payout in run.payouts.all()} if run else {}
        assert paid == {cooperative.pk: owed.due_mad for cooperative, owed in before if owed.due_mad > 0}
        assert operations.run_payouts(now=self.now) is None
        for order in self.frozen.values():
            assert taken_by(run, order) <= 0

    def delivered_line(self, order):
        return Line.objects.select_related("order").filter(order=order, payable__isnull=False).earliest("pk")

    @invariant()
    def payouts_and_what_is_owed_are_the_ledger(self):
        balances = balances_by_cooperative("cooperatives.payable")
        owed = {cooperative.pk: found.owed_mad for cooperative, found in queries.owed_by_cooperative(self.now)}
        for record in self.records:
            pk = record.partner_id
            paid = Payout.objects.filter(cooperative=pk).aggregate(sum=Sum("amount_mad"))["sum"] or ZERO
            assert owed.get(pk, ZERO) == -balances.get(pk, ZERO)
            assert paid + owed.get(pk, ZERO) == self.earned[pk] - self.taken_of(pk)

    def taken_of(self, cooperative):
        lines = Line.objects.filter(partner=cooperative).in_bulk({*self.taken, *self.charged})
        given_back = sum((lines[pk].farm_gate_mad * n for pk, n in self.taken.items() if pk in lines), ZERO)
        return given_back + sum((lines[pk].owed_mad for pk in self.charged if pk in lines), ZERO)

    @invariant()
    def every_rule_of_payouts_holds(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        broken = [name for name, check in registered().items() if name.startswith("payouts: ") and list(check())]
        assert broken == []


def taken_by(run, order) -> int:
    """Return what a run's payouts took or gave for the lines of an order, in centimes: more than nothing if it paid."""
    lines = PayoutLine.objects.filter(payout__run=run, ledger_line__order_line__in=lines_of(order))
    return -(lines.aggregate(sum=Sum("ledger_line__amount_minor"))["sum"] or 0)


def lines_of(order):
    return Line.objects.filter(order=order).values("pk")


def test_in_any_history_payouts_and_what_is_owed_are_what_the_ledger_says():
    run_state_machine_as_test(
        Payouts,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=set(Phase) - {Phase.shrink, Phase.explain},
        ),
    )
