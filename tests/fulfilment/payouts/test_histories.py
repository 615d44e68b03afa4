"""Any history of sales, deliveries, refunds, disputes, cash, advances, mandates and runs: payouts and what is owed are
the ledger's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Q, Sum
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

from catalogue.banking import mandates
from catalogue.banking import operations as banking
from catalogue.banking.models import Mandate
from catalogue.kernel.invariants import registered
from catalogue.kernel.money import from_minor
from catalogue.kernel.periods import day_of, week
from fulfilment.ledger.models import Entry
from fulfilment.ledger.models import Line as LedgerLine
from fulfilment.ledger.policies import AccountKey
from fulfilment.ledger.queries import balance_of, balances_by_cooperative
from fulfilment.orders.models import Line
from fulfilment.payouts import advances, operations, queries
from fulfilment.payouts.models import Advance, AdvanceRepayment, Payable, Payout, PayoutLine
from fulfilment.warehouse.models import Consignment
from tests.factories.advances import ask, clerk, give_mandate, head, join, lend
from tests.factories.catalogue import make_stockrecord
from tests.factories.movements import charge_back, give_back, put_back
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import approve_another_account as open_again
from tests.factories.payouts import draft, earn, send, send_back_from_bank, settle, submitter
from tests.support.soak import examples

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
ZERO = Decimal("0.00")
COOPERATIVES = 2
AT_THE_END = ("accounts: ", "ledger: what a cooperative has", "ledger: each advance", "ledger: every payout")


class Payouts(RuleBasedStateMachine):
    """The office over some months. Each step lies some days after the last; ``taken`` are pieces given back by line."""

    orders = Bundle("orders")
    parcels = Bundle("parcels")
    refunds = Bundle("refunds")

    def __init__(self):
        super().__init__()
        self.began = transaction.savepoint()
        self.records = [make_stockrecord(farm_gate="80.00", in_stock=1000) for _ in range(COOPERATIVES)]
        join(*(record.partner for record in self.records))
        self.now = timezone.now()
        self.earned = dict.fromkeys((record.partner_id for record in self.records), ZERO)
        self.taken, self.charged, self.disputes, self.frozen, self.sent = {}, set(), 0, {}, []

    def teardown(self):
        """Ask at the end what would take too long after each step."""
        try:
            self.each_statement_is_what_was_paid()
            assert broken(AT_THE_END) == []
        finally:
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

    @rule(which=st.integers(0, COOPERATIVES - 1), share=st.integers(1, 4), instalments=st.integers(1, 4))
    def lend(self, which, share, instalments):
        cooperative = self.records[which].partner
        may_have = advances.standing(cooperative.pk, self.now).left_mad
        if may_have >= 1:
            lend(cooperative, str(round(may_have / share, 2)), now=self.now, instalments=instalments)

    @rule(which=st.integers(0, COOPERATIVES - 1))
    def refuse_an_advance(self, which):
        cooperative = self.records[which].partner
        if advances.standing(cooperative.pk, self.now).left_mad >= 1:
            asked = ask(cooperative, "1.00", now=self.now)
            operations.refuse_advance(advance_id=asked.pk, reason="Not now.", by=head(), now=self.now)

    @rule(which=st.integers(0, COOPERATIVES - 1))
    def let_the_other_receive_or_no_more(self, which):
        member, other = (self.records[number].partner for number in (which, 1 - which))
        standing = Mandate.objects.filter(cooperative=member, state="APPROVED", ended_at=None).first()
        if standing is None:
            give_mandate(member, other, now=self.now)
        elif standing.may_end(day_of(self.now)):
            banking.end_mandate(mandate_id=standing.pk, by=clerk(), now=self.now)

    @rule(how=st.sampled_from(["thrown away", "sent", "paid", "paid", "returned"]))
    def run_payouts(self, how):
        self.now = week(day_of(self.now)).ends_at
        before = queries.owed_by_cooperative(self.now)
        run = draft(self.now)
        payouts = run.payouts.select_related("account") if run else []
        drafted = {one.cooperative_id: one.amount_mad + one.deducted_mad for one in payouts}
        assert drafted == {cooperative.pk: owed.due_mad for cooperative, owed in before if owed.due_mad > 0}
        received = mandates.receivers(drafted, self.now)
        assert all(one.amount_mad >= one.deducted_mad for one in payouts)
        assert {one.cooperative_id: one.account.cooperative_id for one in payouts} == {
            pk: received.get(pk, pk) for pk in drafted
        }
        assert draft(self.now) is None
        for order in self.frozen.values():
            assert taken_by(run, order) <= 0
        if run:
            self.go_on(run, how)

    def go_on(self, run, how):
        """Take a run to one of its ends."""
        if how == "thrown away":
            operations.cancel(run_id=run.pk, by=submitter(), now=self.now)
            return
        if how == "sent":
            self.sent.append(send(run))
            return
        settle(send(run))
        if how == "returned":
            payout = run.payouts.earliest("pk")
            send_back_from_bank(payout, now=self.now)
            open_again(payout.account.cooperative)

    @rule()
    def the_bank_pays(self):
        if self.sent:
            settle(self.sent.pop(0))

    def delivered_line(self, order):
        return Line.objects.select_related("order").filter(order=order, payables__isnull=False).earliest("pk")

    @invariant()
    def payouts_and_what_is_owed_are_the_ledger(self):
        balances = balances_by_cooperative("cooperatives.payable")
        owed = {cooperative.pk: found.owed_mad for cooperative, found in queries.owed_by_cooperative(self.now)}
        for record in self.records:
            pk = record.partner_id
            sent = Payout.objects.filter(cooperative=pk, state__in=("EXPORTED", "SETTLED"))
            paid = total(sent)
            lent = total(Advance.objects.filter(cooperative=pk, state="APPROVED"))
            taken_back = total(AdvanceRepayment.objects.filter(payout__in=sent))
            assert owed.get(pk, ZERO) == -balances.get(pk, ZERO)
            assert paid + owed.get(pk, ZERO) == self.earned[pk] - self.taken_of(pk) + lent - taken_back

    def each_statement_is_what_was_paid(self):
        for payout in Payout.objects.filter(state__in=Payout.SENT):
            said = queries.statement(payout)
            others = said.returned_mad + said.advanced_mad - said.taken_back_mad - said.paid_back_mad
            assert payout.amount_mad == said.to_receive_mad == said.sold_mad - said.deducted_mad + others

    @invariant()
    def money_out_is_what_the_bank_paid_and_all_entries_come_to_nothing(self):
        assert not LedgerLine.objects.aggregate(sum=Sum("amount_minor"))["sum"]
        assert balance_of(AccountKey("clearing.payouts")) == -total(Payout.objects.filter(state="EXPORTED"))
        assert self.out_of_the_bank() == -total(Payout.objects.filter(state="SETTLED"))

    def out_of_the_bank(self):
        """Add up what payouts moved on our account, there and back."""
        of_payouts = Q(entry__source="payout_settled") | Q(entry__reverses__source="payout_settled")
        moved = LedgerLine.objects.filter(of_payouts, account__code="bank")
        return from_minor(moved.aggregate(sum=Sum("amount_minor"))["sum"] or 0)

    def taken_of(self, cooperative):
        lines = Line.objects.filter(partner=cooperative).in_bulk({*self.taken, *self.charged})
        given_back = sum((lines[pk].farm_gate_mad * n for pk, n in self.taken.items() if pk in lines), ZERO)
        return given_back + sum((lines[pk].owed_mad for pk in self.charged if pk in lines), ZERO)

    @invariant()
    def every_rule_of_payouts_holds(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert broken("payouts: ") == []


def broken(names) -> list[str]:
    return [name for name, check in registered().items() if name.startswith(names) and list(check())]


def total(rows) -> Decimal:
    return rows.aggregate(sum=Sum("amount_mad"))["sum"] or ZERO


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
            max_examples=examples(6),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=set(Phase) - {Phase.shrink, Phase.explain},
        ),
    )
