"""Any history between shelf and door, as a machine that Hypothesis drives: people act, and days pass over goods."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from catalogue.kernel.invariants import registered
from catalogue.kernel.periods import day_of
from catalogue.lots import operations as lots
from catalogue.lots.models import Lot, StockMovement
from catalogue.receiving import operations as receiving
from fulfilment.jobs import registry, runner
from fulfilment.jobs.models import Job
from fulfilment.orders import operations as orders
from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.inspecting.models import Returned
from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing import operations as withdrawing
from fulfilment.payments import operations as payments
from fulfilment.warehouse import operations, policies
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.shortages import operations as shortages
from fulfilment.warehouse.shortages.queries import asked, choices_of
from fulfilment.warehouse.tasks import look_at_shortages
from tests.factories.withdrawals import declare, read_offer
from tests.support.shelf import broken

from .shelf_steps import (
    PREPARING,
    bring_to_its_end,
    buy,
    end_a_visit,
    look_at_returned,
    may_be_refused,
    prepare_further,
    run_all_jobs,
)

PIECES, WAYS = st.tuples(st.integers(1, 5), st.integers(0, 5)), st.sampled_from(["cash", "card"])
WHICH = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7])
UNFINISHED = (*PREPARING, "HANDED_OVER", "IN_TRANSIT", "REFUSED")
DAYS = 6
"""Enough for everything to end: whoever is asked answers, or does not, within one of them."""


class ShelfToDoor(RuleBasedStateMachine):
    """Some days of the shop. ``world`` is what all examples begin with; each is rolled back to it."""

    world = None
    sold = Bundle("sold")

    def __init__(self):
        super().__init__()
        self.began = transaction.savepoint()
        self.began_at = timezone.now()

    def teardown(self):
        try:
            if not connection.needs_rollback and not broken():  # else a step has failed, and says so
                self.everything_comes_to_an_end()
        finally:
            self.world.clock.move_to(self.began_at)
            transaction.savepoint_rollback(self.began)

    # Buying.

    @initialize(target=sold, pieces=PIECES, way=WAYS)
    def the_first_order(self, pieces, way):
        return buy(self.world.records, pieces, way)

    @rule(target=sold, pieces=PIECES, way=WAYS)
    def another_order(self, pieces, way):
        with may_be_refused(lots.SoldOut):
            return buy(self.world.records, pieces, way)
        return multiple()

    @rule(order=sold)
    def call_off(self, order):
        with may_be_refused(orders.TooLateToCancel):
            payments.cancel_order(order_id=order, now=timezone.now())

    # Preparing.

    @rule(which=st.integers(0, 5), again=st.booleans())
    def a_worker_takes_a_job(self, which, again):
        waiting = list(Job.objects.filter(task__startswith="fulfilment.warehouse.", state="WAITING").order_by("pk"))
        if waiting:
            job = waiting[which % len(waiting)]
            assert runner.run(job.pk), Job.objects.get(pk=job.pk).last_error
            if again and not job.task.startswith("fulfilment.warehouse.refund"):  # those run in their claim alone
                registry.find(job.task).function(**job.payload)

    @rule(order=sold, steps=st.sampled_from([1, 2, 3, 3, 3]))
    def prepare(self, order, steps):
        if Order.objects.get(pk=order).status in (Order.Status.PAID, Order.Status.CONFIRMED):
            operations.open_consignments(order_id=order, now=timezone.now())
        for parcel in Consignment.objects.filter(order=order, state__in=PREPARING).order_by("pk"):
            with suppress(operations.StillAsked, operations.NotToBeSent):
                for _ in range(steps):
                    prepare_further(parcel.pk)

    @rule(order=sold, reason=st.sampled_from(["not_found", "damaged"]), pieces=st.integers(1, 3))
    def find_something_missing(self, order, reason, pieces):
        held = Allocation.objects.filter(line__order=order, state="HELD", line__consignment_line__isnull=False).first()
        if held:
            with may_be_refused(shortages.NotBeingPrepared, shortages.NotKept):
                shortages.report(
                    consignment_id=held.line.consignment_line.consignment_id,
                    order_line_id=held.line_id,
                    stock_id=held.stock_id,
                    missing=pieces,
                    reason=reason,
                    by=None,
                    now=timezone.now(),
                )

    @rule(which=st.integers(0, 2), choice=st.integers(0, 2))
    def a_buyer_answers(self, which, choice):
        for shortage in asked().order_by("pk")[which : which + 1]:
            (offered,) = choices_of([shortage]).values()
            with may_be_refused(shortages.TooLate):
                shortages.answer(shortage_id=shortage.pk, choice=offered[choice % len(offered)], now=timezone.now())

    # At the door, and back.

    @rule(order=sold, end=st.sampled_from(["deliver", "refuse", "miss", "lose", "turn back"]))
    def at_the_door(self, order, end):
        """A visit to each parcel under way; one that comes back is taken in."""
        for parcel in Consignment.objects.filter(order=order, state__in=(*policies.UNDER_WAY, "REFUSED")):
            if parcel.state == "REFUSED" or parcel.coming_back_at:
                operations.take_back(consignment_id=parcel.pk, by=None, now=timezone.now())
            else:
                end_a_visit(parcel, end)

    @rule(order=sold)
    def send_back(self, order):
        """A buyer withdraws from all that may be sent back, and the office accepts it."""
        found = Order.objects.get(pk=order)
        pieces = {item.line.pk: item.left for item in read_offer(found).open_items}
        with may_be_refused(withdrawing.NotWithdrawable, withdrawing.NothingChosen):
            made = declare(found, pieces, confirmation=str(uuid.uuid4()))
            withdrawing.take_back(withdrawal_id=made.pk, now=timezone.now(), by=None)
            withdrawing.accept(withdrawal_id=made.pk, back=pieces, now=timezone.now(), by=None)

    @rule(which=WHICH, good=st.integers(0, 6))
    def inspect(self, which, good):
        """Someone looks at what came back of a parcel or a withdrawal: some of it is as new."""
        if waiting := sorted(set(Returned.objects.filter(inspected_at=None).values_list("reference", flat=True))):
            look_at_returned(waiting[which % len(waiting)], good)

    # What becomes of lots.

    @rule(which=st.integers(0, 1), place=st.integers(0, 1), pieces=st.integers(1, 6), days=st.integers(5, 90))
    def bring_in(self, which, place, pieces, days):
        now = timezone.now()
        lot = lots.add_lot(
            number=f"NEW-{uuid.uuid4().hex[:12]}",
            stockrecord=self.world.records[which],
            produced_on=day_of(now) - timedelta(days=3),
            best_before=day_of(now) + timedelta(days=days),
            now=now,
        )
        stock = lots.lot_at(lot, self.world.places[place])
        lots.move_pieces(stock=stock, kind=StockMovement.Kind.RECEIVED, change=pieces, now=now)
        lots.decide(lot=lot, state=Lot.State.RELEASED, reason="checked", now=now)

    @rule(which=WHICH, change=st.integers(-4, 4).filter(bool))
    def adjust(self, which, change):
        with may_be_refused(receiving.NotFree):
            receiving.adjust(
                stock=self.lot(which).stock.get(),
                change=change,
                reason="found" if change > 0 else "broken",
                key=uuid.uuid4(),
                by=self.world.person,
                now=timezone.now(),
            )

    @rule(which=WHICH, days=st.integers(-1, 60))
    def edit_dates(self, which, days):
        lot = self.lot(which)
        last = max(day_of(timezone.now()) + timedelta(days=days), lot.produced_on + timedelta(days=1))
        lots.redate(lot=lot, produced_on=lot.produced_on, best_before=last)

    @rule(which=WHICH, release=st.booleans())
    def block_or_release(self, which, release):
        state, reason = (Lot.State.RELEASED, "cleared") if release else (Lot.State.BLOCKED, "fault")
        with may_be_refused(receiving.NotSo):
            receiving.decide_lot(
                lot=self.lot(which), state=state, reason=reason, note="", by=self.world.person, now=timezone.now()
            )

    @rule(which=WHICH)
    def recall(self, which):
        """Nobody takes this back. The operation of recalls takes the place of this decision once there is one."""
        lots.decide(lot=self.lot(which), state=Lot.State.RECALLED, reason="authority", now=timezone.now())

    @rule(days=st.integers(0, 8))
    def let_days_pass(self, days):
        self.world.clock.shift(timedelta(days=days))
        lots.retire(now=timezone.now())
        look_at_shortages()

    # What must hold.

    @invariant()
    def every_jar_is_where_the_books_say(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        found = broken()
        assert found == {}, found

    def everything_comes_to_an_end(self):
        """Work goes on with nothing special happening: no parcel stays behind, and every proof of the shop holds."""
        for _ in range(DAYS):
            self.world.clock.shift(timedelta(days=1, hours=1))  # whoever was asked has had time to answer
            look_at_shortages()
            run_all_jobs()
            for parcel in Consignment.objects.filter(state__in=UNFINISHED).order_by("pk"):
                with suppress(operations.StillAsked, operations.NotToBeSent):
                    bring_to_its_end(parcel.pk)
        for reference in set(Returned.objects.filter(inspected_at=None).values_list("reference", flat=True)):
            look_at_returned(reference, good=1)
        assert list(Consignment.objects.filter(state__in=UNFINISHED)) == []
        assert broken() == {}
        checks = {name: check for name, check in registered().items() if name.split(":")[0] in self.world.proofs}
        assert {name: rows for name, check in checks.items() if (rows := list(check()))} == {}

    def lot(self, which):
        """Return a lot: the first ones are those with the most pieces that somebody waits for."""
        found = Lot.objects.annotate(held=Sum("stock__held", default=0)).order_by("-held", "pk")
        return found[which % len(found)]
