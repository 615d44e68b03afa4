"""A lot that several members of a union made: each earns, is paid and gives back its share, to the centime."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from catalogue.kernel.periods import day_of
from fulfilment.ledger.queries import balances_by_cooperative
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.models import LineShare
from fulfilment.payments import operations
from fulfilment.payments.models import Refund
from fulfilment.payouts import queries
from fulfilment.warehouse import on_the_way
from fulfilment.warehouse.models import Consignment
from tests.factories.catalogue import make_cooperative
from tests.factories.disputes import broken, close_dispute, fail_refund, open_dispute, pay_by_card
from tests.factories.lots import make_lot
from tests.factories.parcels import move_to, open_parcels
from tests.factories.payouts import deliver as deliver_unpaid
from tests.factories.payouts import later, pay_all
from tests.factories.people import make_staff
from tests.factories.shares import make_shared, make_union, share
from tests.fulfilment.ledger.test_invariants import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deliveries")]
D = Decimal


@pytest.fixture
def members():
    return make_union()


def deliver(attempt, run_jobs):
    for parcel in Consignment.objects.filter(order=attempt.order) or open_parcels(attempt.order):
        move_to(parcel, "DELIVERED")
    run_jobs()


def give_back(attempt, pieces=1):
    return operations.ask_refund(
        order_id=attempt.order_id,
        quantities={attempt.order.lines.get().pk: pieces},
        reason="DAMAGED",
        now=timezone.now(),
    )


def owed(members):
    """Return what stands to be paid to each, once nothing stands accrued."""
    assert balances_by_cooperative("cooperatives.accrued") == {}
    found = balances_by_cooperative("cooperatives.payable")
    return [-found.get(member.pk, 0) for member in members]


def test_what_is_delivered_of_a_shared_lot_is_paid_to_each_and_given_back_by_each(bank, run_jobs, members):
    attempt = pay_by_card(bank, (make_shared(members, 500, 300, 200), 3))
    sold = balances_by_cooperative("cooperatives.accrued")
    deliver(attempt, run_jobs)
    earned = owed(members)
    statements = [queries.owed_statement(member, later()).to_receive_mad for member in members]
    paid = [payout.amount_mad for payout in pay_all().payouts.order_by("cooperative")]

    give_back(attempt)

    assert sold == {members[0].pk: -240}  # until it is known which lot left, it stands with who sells it
    assert earned == statements == paid == [120, 72, 48]
    assert owed(members) == [-40, -24, -16]
    assert [queries.owed_statement(member, later()).to_receive_mad for member in members] == [-40, -24, -16]
    assert broken() == []


AWKWARD = (334, 333, 333)


@pytest.mark.parametrize("farm_gate", ["0.05", "33.37", "79.99"])
def test_pieces_given_back_before_and_after_the_delivery_leave_nobody_a_centime(bank, run_jobs, members, farm_gate):
    attempt = pay_by_card(bank, (make_shared(members, *AWKWARD, farm_gate=farm_gate), 4))
    first = give_back(attempt)
    second = give_back(attempt)
    deliver(attempt, run_jobs)
    half = owed(members)
    give_back(attempt)
    assert broken() == []

    give_back(attempt)

    assert sum(half) == D(farm_gate) * 2
    assert (owed(members), broken()) == ([0, 0, 0], [])
    fail_refund(first)
    assert (sum(owed(members)), broken()) == (D(farm_gate), [])
    with translation.override("en"):
        last = queries.owed_statement(members[0], later()).lines[-1]
        said = str(last.reason)
    assert (last.to_receive_mad > 0, said) == (True, "A refund that did not go through: yours again")
    fail_refund(second)
    assert (owed(members), broken()) == (half, [])
    for refund in Refund.objects.exclude(state="FAILED"):
        fail_refund(refund)
    assert owed(members) == [share.amount_mad for share in LineShare.objects.all()]
    assert broken() == []


@pytest.mark.parametrize("before", [True, False])
def test_a_dispute_that_the_union_bears_takes_of_each_and_comes_back_when_it_is_won(bank, run_jobs, members, before):
    attempt = pay_by_card(bank, (make_shared(members, *AWKWARD, farm_gate="33.37"), 3))
    give_back(attempt)
    run_jobs()
    if not before:
        deliver(attempt, run_jobs)
        whole = owed(members)
    rest = int((attempt.captured - Refund.objects.get().amount) * 100)
    dispute = close_dispute(bank, open_dispute(bank, attempt, amount=rest), won=False)
    operations.charge_back(dispute_id=dispute.pk, reason="contract", now=timezone.now(), by=make_staff("finance"))
    if before:
        deliver(attempt, run_jobs)
    borne = owed(members)
    lost = broken()

    bank.bank.disputes[dispute.provider_id]["status"] = "under_review"
    close_dispute(bank, dispute, won=True)

    assert (borne, lost) == ([0, 0, 0], [])
    assert sum(owed(members)) == D("66.74")
    assert before or owed(members) == whole
    assert broken() == []


def test_pieces_swapped_for_another_lots_earn_those_who_made_that_one(bank, run_jobs, members):
    attempt = pay_by_card(bank, (make_shared(members, 0, 700, 300), 3))
    held = attempt.order.lines.get().allocations.get()
    soon = day_of(timezone.now()) + timedelta(days=90)  # so that it goes first
    another = make_lot(held.line.stockrecord, 10, place=held.stock.place, best_before=soon)
    share(another.lot, members, 0, 0, 1000)

    allocating.let_go(held, 2, timezone.now())
    allocating.keep_more(attempt.order, held.line, 2, place_id=held.stock.place_id, now=timezone.now())
    deliver(attempt, run_jobs)

    assert owed(members) == [0, 56, 24 + 160]
    assert LineShare.objects.count() == 3
    assert broken() == []


def test_a_lost_parcel_is_paid_to_each_that_made_what_was_in_it(bank, run_jobs, members):
    attempt = pay_by_card(bank, (make_shared(members, *AWKWARD, farm_gate="33.35"), 1))
    (parcel,) = open_parcels(attempt.order)
    move_to(parcel, "HANDED_OVER")
    on_the_way.lose(consignment_id=parcel.pk, why="the van burnt", by=None, now=timezone.now())
    run_jobs()

    found = balances_by_cooperative("cooperatives.payable")
    assert [-found[member.pk] for member in members] == [D("11.14"), D("11.11"), D("11.10")]
    assert broken() == []


SWAPPED = """
UPDATE order_lineshare SET amount_mad = amount_mad + CASE cooperative_id WHEN {one} THEN 1 ELSE -1 END
WHERE cooperative_id IN ({one}, {two})
"""
DOUBLED = "UPDATE lots_lotshare SET per_mille = 600 WHERE cooperative_id = {one}"
AS_ITS_LOTS = "orders: a line is shared as the lots that left for it are, and comes to what it earns to the centime"
OF_THE_WHOLE = "lots: the shares of a lot that several made come to the whole of it"
AS_BOOKED = "ledger: what each delivered parcel earned is booked as its order's lines say"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("table", "statement", "seen"),
    [("order_lineshare", SWAPPED, {AS_ITS_LOTS, AS_BOOKED}), ("lots_lotshare", DOUBLED, {OF_THE_WHOLE, AS_ITS_LOTS})],
)
def test_shares_written_otherwise_past_the_triggers_are_seen(members, table, statement, seen):
    deliver_unpaid((make_shared(members, 500, 300, 200), 3), method="card")
    before = set(broken())

    as_owner(
        f"ALTER TABLE {table} DISABLE TRIGGER USER",
        statement.format(one=members[0].pk, two=members[1].pk),
        f"ALTER TABLE {table} ENABLE TRIGGER USER",
    )

    assert set(broken()) - before == seen


def at_once(write):
    """Write, and have the database look at it as it would at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        write()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_whose_a_line_is_stays_and_comes_to_what_it_earns(bank, run_jobs, members):
    attempt = pay_by_card(bank, (make_shared(members, 500, 300, 200), 3))
    deliver(attempt, run_jobs)
    share = LineShare.objects.earliest("pk")
    for write in (lambda: LineShare.objects.update(per_mille=1), lambda: LineShare.objects.all().delete()):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
            write()
    stranger = {"cooperative": make_cooperative(), "per_mille": 1, "amount_mad": 120, "given_mad": 0}
    with pytest.raises(DatabaseError, match="come to 360"):
        at_once(lambda: LineShare.objects.create(line=share.line, lot=share.lot, **stranger))
