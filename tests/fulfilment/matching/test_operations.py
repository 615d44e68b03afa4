"""Differences are kept: opened once, seen again, closed when gone; taken up and accepted by people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.periods import day, day_of
from fulfilment.matching import operations, queries
from fulfilment.matching.models import Difference, DifferenceNote, MatchRun
from fulfilment.payments.models import PaymentAttempt
from tests.factories.disputes import pay_by_card
from tests.factories.matching import deliver_cash, match_later, open_ones
from tests.factories.orders import open_deliveries, stock
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def deliveries():
    open_deliveries()


@pytest.fixture
def attempt(bank):
    """A payment of a cent too little: two differences, of the order and of the ledger."""
    found = pay_by_card(bank)
    change(found, D("-0.01"))
    return found


def change(attempt, by):
    attempt.captured += by
    PaymentAttempt.objects.filter(pk=attempt.pk).update(captured=attempt.captured)


def said() -> list[str]:
    notes = DifferenceNote.objects.filter(difference__cause="payment_other_amount").order_by("pk")
    return list(notes.values_list("kind", flat=True))


def the_one() -> Difference:
    return Difference.objects.get(cause="payment_other_amount")


def test_one_cent_is_a_difference_and_is_kept_once(attempt):
    match_later()
    match_later(timedelta(hours=4))

    row = the_one()
    assert (row.expected - row.found, row.order, said()) == (D("0.01"), attempt.order, ["FOUND"])
    assert row.last_found_at - row.first_found_at >= timedelta(hours=1)
    assert MatchRun.objects.count() == 2


def test_what_happened_a_moment_ago_is_on_its_way(attempt):
    operations.run_match(now=timezone.now())

    assert open_ones() == []


def test_one_that_is_known_lasts_though_its_rows_were_touched(attempt):
    match_later()
    PaymentAttempt.objects.update(updated_at=timezone.now() + timedelta(hours=3, minutes=30))
    match_later(timedelta(hours=4))

    assert said() == ["FOUND"]


def test_it_is_closed_when_it_is_gone_and_opened_again_when_it_is_back(attempt):
    match_later()
    change(attempt, D("0.01"))
    match_later()
    gone = open_ones()
    change(attempt, D("-0.01"))
    match_later()

    assert gone == []
    assert (said(), the_one().closed_at) == (["FOUND", "GONE", "BACK"], None)


def test_an_acceptance_holds_for_these_amounts_only(attempt):
    person = make_person()
    match_later()
    operations.accept(difference_id=the_one().pk, reason=" rounding ", by=person, now=timezone.now())
    match_later()
    accepted = the_one().is_open
    change(attempt, D("-1.00"))
    match_later()

    assert (accepted, the_one().is_open) == (False, True)
    assert said() == ["FOUND", "ACCEPTED", "CHANGED"]


def test_it_is_accepted_with_a_reason_and_once(attempt):
    person = make_person()
    match_later()
    one = the_one().pk

    with pytest.raises(operations.NoReason):
        operations.accept(difference_id=one, reason="  ", by=person, now=timezone.now())
    operations.accept(difference_id=one, reason="rounding", by=person, now=timezone.now())
    with pytest.raises(operations.NotOpen):
        operations.accept(difference_id=one, reason="again", by=person, now=timezone.now())
    with pytest.raises(operations.NotOpen):
        operations.take(difference_id=one, by=person, now=timezone.now())


def test_a_missing_proof_is_accepted_by_nobody_not_by_the_database_either(attempt):
    match_later()
    row = the_one()
    row.cause = "export_unproved"
    row.save()

    with pytest.raises(operations.NeverAccepted):
        operations.accept(difference_id=row.pk, reason="it left", by=make_person(), now=timezone.now())
    with pytest.raises(IntegrityError, match="match_proof_is_never_waived"):
        Difference.objects.filter(pk=row.pk).update(accepted_by=make_person(), accepted_at=timezone.now())


def test_someone_owns_it_and_hands_over(attempt):
    first, second = make_person(), make_person()
    match_later()

    for person in (first, first, second):
        operations.take(difference_id=the_one().pk, by=person, now=timezone.now())

    assert (the_one().owner, said()) == (second, ["FOUND", "TAKEN", "TAKEN"])


def test_as_many_questions_for_one_order_as_for_three(run_jobs):
    counts = []
    for _ in range(3):
        deliver_cash(run_jobs, (stock("120.00"), 1))
        with CaptureQueriesContext(connection) as asked:
            match_later()
        counts.append(len(asked))

    assert counts[0] == counts[2]


def test_the_sums_of_a_day_agree_on_all_sides_and_show_where_they_do_not(bank, run_jobs):
    order = deliver_cash(run_jobs)
    card = pay_by_card(bank)
    today = day(day_of(timezone.now()))
    (even,) = queries.days(today)
    change(card, D("-1.00"))
    (uneven,) = queries.days(today)

    worth = order.total_incl_tax + round(card.order.total_incl_tax * card.order.mad_per_unit, 2)
    assert (even.orders_mad, even.is_even, even.parcels) == (worth, True, 2)
    assert (uneven.is_even, uneven.payments_mad < uneven.orders_mad) == (False, True)
