"""One money event, one entry, whoever finds out at the same time. The twins show what each guard is for."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.kernel.shopping import Shopping
from fulfilment.ledger import operations as ledger
from fulfilment.ledger.models import Account, Entry
from fulfilment.payments import booking
from fulfilment.payments import operations as payments
from fulfilment.payments.operations import paying
from fulfilment.payouts import booking as payouts_booking
from fulfilment.payouts import operations as payouts
from fulfilment.payouts.models import Payout, PayoutFile
from tests.factories.bank import open_bank, pay
from tests.factories.catalogue import make_stockrecord
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.payouts import approve, draft, later, send, submitter
from tests.fulfilment.ledger.test_operations import fee
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
WORKERS = 4


def post_together(make_entry):
    def post():
        with transaction.atomic():
            return ledger.post(make_entry(), now=timezone.now()).pk

    return run_together(post, workers=WORKERS)


def test_the_same_event_posted_by_several_at_once_is_one_entry():
    for number in range(ROUNDS):
        assert len(set(post_together(lambda number=number: fee(str(number), currency="EUR")))) == 1

    assert (Entry.objects.count(), Account.objects.count()) == (ROUNDS, 4)


def test_twin_events_that_go_by_another_name_each_time_are_as_many_entries():
    names = itertools.count()

    post_together(lambda: fee(f"1-{next(names)}"))

    assert Entry.objects.count() == WORKERS


@pytest.fixture
def paid():
    """A card payment that went through at the bank and that nobody looked at yet."""
    open_deliveries()
    with open_bank() as bank:
        order = place_order((stock(in_stock=5), 1), shopping=Shopping("EUR", "FR"))
        payment = payments.start(order_id=order.pk, now=timezone.now())
        pay(bank, payment.id)
        yield payment


def settle_together(payment, **options):
    return run_together(lambda: payments.settle(intent_id=payment.id, now=timezone.now()), workers=WORKERS, **options)


@pytest.fixture
def no_guard(monkeypatch):
    """Let every settlement believe that it is the first: no lock, no look at the state it is in."""

    def record(attempt, payment, now):
        booking.sell(attempt, now=now)
        return attempt

    monkeypatch.setattr(paying, "record", transaction.atomic(record))


def test_settlements_of_one_payment_at_once_book_one_sale_and_one_fee(paid):
    settle_together(paid)

    assert sorted(Entry.objects.values_list("source", flat=True)) == ["fee", "sale"]


def test_settlements_without_the_payment_s_own_guard_still_book_one_sale(paid, no_guard):
    settle_together(paid)

    assert Entry.objects.count() == 1


def test_twin_settlements_without_any_guard_book_a_sale_each(paid, no_guard, monkeypatch):
    names = itertools.count()
    entry = booking._entry

    def under_another_name(attempt, sale, occurred_at):
        return ledger.NewEntry(**{**vars(entry(attempt, sale, occurred_at)), "external_id": f"sale {next(names)}"})

    monkeypatch.setattr(booking, "_entry", under_another_name)

    settle_together(paid)

    assert Entry.objects.count() == WORKERS


@pytest.fixture
def owed():
    with transaction.atomic():
        order = make_held_order((make_stockrecord(farm_gate="80.00"), 2), method="card")
        consignment = open_parcels(order)[0]
        move_to(consignment, "DELIVERED")
    payouts.record_earnings(consignment_id=consignment.pk, now=timezone.now())
    return consignment


def test_earnings_recorded_by_several_at_once_are_booked_once(owed):
    run_together(lambda: payouts.record_earnings(consignment_id=owed.pk, now=timezone.now()), workers=WORKERS)

    assert Entry.objects.filter(source="delivery").count() == 1


def test_payout_runs_at_once_book_one_payout(owed):
    run_together(
        lambda: draft(later()),
        workers=WORKERS,
        expected=(payouts.RunInProgress, payouts.PaidMeanwhile),
    )

    assert (Payout.objects.count(), Entry.objects.filter(source="payout").count()) == (1, 0)


def test_a_run_that_is_sent_by_several_at_once_is_booked_once(owed):
    run = approve(draft(later()))
    who = submitter()

    run_together(lambda: payouts.export(run_id=run.pk, by=who, now=run.run_at), workers=WORKERS)

    assert Entry.objects.filter(source="payout").count() == 1
    assert PayoutFile.objects.filter(kind="pain001").count() == 1


def test_a_run_is_booked_once_whoever_books_it_again(owed):
    run = send(draft(later()))

    def book():
        with transaction.atomic():
            payouts_booking.send(run.payouts.select_related("run"), now=timezone.now())

    answers = run_together(book, workers=WORKERS, expected=IntegrityError)

    assert Entry.objects.filter(source="payout").count() == 1
    assert all(isinstance(answer, IntegrityError) for answer in answers)


def test_an_entry_reversed_by_several_at_once_is_reversed_once():
    with transaction.atomic():
        entry = ledger.post(fee(), now=timezone.now())

    def reverse():
        with transaction.atomic():
            return ledger.reverse(entry_id=entry.pk, reason="mistake", now=timezone.now()).pk

    assert len(set(run_together(reverse, workers=WORKERS))) == 1
    assert Entry.objects.count() == 2


def test_a_reversal_under_another_name_is_refused_by_the_key_of_what_it_reverses():
    with transaction.atomic():
        entry = ledger.post(fee(), now=timezone.now())
        ledger.reverse(entry_id=entry.pk, reason="mistake", now=timezone.now())
    again = Entry(
        source="reversal", external_id="another", legs=2, occurred_at=timezone.now(), posted_at=timezone.now()
    )
    again.reverses = entry

    with pytest.raises(IntegrityError, match="reverses_id"):
        again.save()
