"""Two persons sign the same figures, two persons open a month again; what stands open holds the signature."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.kernel.invariants import registered
from fulfilment.closing import operations, queries
from fulfilment.closing.models import Month, MonthEvent, Reopening
from fulfilment.jobs import operations as jobs
from fulfilment.jobs.models import Job
from fulfilment.matching.models import Difference
from fulfilment.payments.reconciliation.models import Discrepancy
from fulfilment.payouts import operations as payouts
from fulfilment.payouts.models import BankFileLine
from tests.factories.closing import IN_OCTOBER, OCTOBER, book, lock_month, open_again, sign_first
from tests.factories.orders import open_deliveries
from tests.factories.payouts import deliver, draft, hand_in_cash, send, submitter
from tests.factories.people import make_person
from tests.factories.statements import Moved, camt053

pytestmark = pytest.mark.django_db
SEPTEMBER = OCTOBER.replace(month=9)
NOVEMBER = OCTOBER.replace(month=11)


@pytest.fixture(autouse=True)
def booked():
    return book("first")


def standing(first_day=OCTOBER, now=None):
    return queries.standing_of(queries.month_of(first_day), now=now or timezone.now())


def die(**fields):
    now = timezone.now()
    values = {"task": "x", "key": "dead", "run_at": now, "created_at": IN_OCTOBER} | fields
    return Job.objects.create(state="DEAD", **values)


def countersign(by=None):
    return operations.countersign(first_day=OCTOBER, by=by or make_person(), now=timezone.now())


def broken():
    return [name for name, check in registered().items() if name.startswith("closing: ") and list(check())]


def test_two_persons_lock_a_month_with_the_figures_they_saw():
    first, second = make_person(), make_person()
    sign_first(by=first)
    month = countersign(second)

    assert (month.state, month.first_by, month.second_by) == ("LOCKED", first, second)
    assert month.sha256 == standing().sha256
    assert Month.objects.get().figures == standing().figures
    assert broken() == []


def test_the_same_person_does_not_sign_twice():
    person = make_person()
    sign_first(by=person)

    with pytest.raises(operations.SamePerson):
        countersign(person)
    assert Month.objects.get().state == "CHECKED"


def test_figures_that_were_not_those_looked_at_are_not_signed():
    seen = standing().sha256
    book("meanwhile")

    with pytest.raises(operations.FiguresChanged):
        operations.sign(first_day=OCTOBER, seen=seen, by=make_person(), now=timezone.now())
    assert not Month.objects.exclude(state="OPEN").exists()


def test_a_change_between_the_signatures_voids_the_first():
    sign_first()
    book("meanwhile")

    with pytest.raises(operations.FiguresChanged):
        countersign()

    assert (Month.objects.get().state, Month.objects.get().first_by) == ("OPEN", None)
    assert list(MonthEvent.objects.values_list("kind", flat=True)) == ["SIGNED", "VOIDED"]
    assert lock_month().state == "LOCKED"


def test_nobody_signs_second_what_is_not_signed_first_nor_twice():
    with pytest.raises(operations.NotInThisState):
        countersign()
    sign_first()
    with pytest.raises(operations.NotInThisState):
        sign_first()
    countersign()
    with pytest.raises(operations.NotInThisState):
        countersign()


def test_one_person_does_not_open_a_month_again():
    person = make_person()
    lock_month()
    operations.ask_reopening(first_day=OCTOBER, reason="wrong", by=person, now=timezone.now())

    with pytest.raises(operations.SamePerson):
        operations.answer_reopening(first_day=OCTOBER, opens=True, by=person, now=timezone.now())
    with pytest.raises(IntegrityError, match="closing_reopening_two_persons"), transaction.atomic():
        Reopening.objects.update(answer="OPENED", answered_by=person, answered_at=timezone.now())
    with pytest.raises(IntegrityError, match="two persons"), transaction.atomic():
        operations._open(Month.objects.get())
    assert Month.objects.get().state == "LOCKED"


def test_a_month_is_opened_again_with_a_reason_that_stays():
    lock_month()
    with pytest.raises(operations.NoReason):
        operations.ask_reopening(first_day=OCTOBER, reason=" ", by=make_person(), now=timezone.now())

    month = open_again()

    assert (month.state, Reopening.objects.get().answer) == ("OPEN", "OPENED")
    assert MonthEvent.objects.get(kind="OPENED").text == "an entry is wrong"
    with pytest.raises(IntegrityError, match="answered once"), transaction.atomic():
        Reopening.objects.update(reason="another")


def test_a_month_stays_locked_when_the_second_person_says_no():
    lock_month()
    operations.ask_reopening(first_day=OCTOBER, reason="wrong", by=make_person(), now=timezone.now())
    month = operations.answer_reopening(first_day=OCTOBER, opens=False, by=make_person(), now=timezone.now())

    assert (month.state, Reopening.objects.get().answer) == ("LOCKED", "DECLINED")
    with pytest.raises(operations.NotInThisState):
        operations.answer_reopening(first_day=OCTOBER, opens=True, by=make_person(), now=timezone.now())


def test_who_asked_may_only_take_it_back_and_nobody_else_does():
    asker, other = make_person(), make_person()
    lock_month()
    operations.ask_reopening(first_day=OCTOBER, reason="wrong", by=asker, now=timezone.now())

    with pytest.raises(operations.NotYours):
        operations.drop_reopening(first_day=OCTOBER, by=other, now=timezone.now())
    with pytest.raises(IntegrityError, match="closing_reopening_two_persons"), transaction.atomic():
        Reopening.objects.update(answer="DROPPED", answered_by=other, answered_at=timezone.now())
    month = operations.drop_reopening(first_day=OCTOBER, by=asker, now=timezone.now())

    assert (month.state, Reopening.objects.get().answer) == ("LOCKED", "DROPPED")
    with pytest.raises(IntegrityError, match="two persons"), transaction.atomic():
        operations._open(month)
    assert open_again().state == "OPEN"


def test_months_are_locked_in_order_and_opened_from_the_last(clock):
    book("before", IN_OCTOBER - timedelta(days=30))
    with pytest.raises(operations.Held) as held:
        sign_first(OCTOBER)
    lock_month(SEPTEMBER)
    lock_month(OCTOBER)

    with pytest.raises(operations.NotTheLast):
        operations.ask_reopening(first_day=SEPTEMBER, reason="wrong", by=make_person(), now=timezone.now())
    assert [item.key for item in held.value.items] == ["earlier"]
    assert broken() == []


def test_a_month_before_the_last_locked_one_is_not_signed_any_more():
    lock_month()

    with pytest.raises(operations.NotInThisState):
        sign_first(SEPTEMBER)
    assert not Month.objects.filter(month=9).exists()


def test_a_month_that_is_not_over_is_not_signed():
    lock_month()
    with pytest.raises(operations.Held) as held:
        sign_first(NOVEMBER)

    assert [item.key for item in held.value.items] == ["not_over"]


def test_what_stands_open_holds_the_signature():
    now = timezone.now()
    Discrepancy.objects.create(
        kind="DIFFERENT", source="ch_1", first_found_at=now, last_found_at=now, moved_at=IN_OCTOBER
    )
    die(queue="money")
    Difference.objects.create(
        **dict.fromkeys(("first_found_at", "last_found_at"), now),
        cause="sale_missing",
        subject="X",
        expected=1,
        found=0,
        unit="MAD",
        since=IN_OCTOBER,
    )

    with pytest.raises(operations.Held) as held:
        sign_first()

    assert {item.key for item in held.value.items} == {"reconciliation", "jobs", "match"}


@pytest.mark.parametrize(
    ("holds", "fields"),
    [
        (True, {"queue": "money"}),
        (True, {"queue": "bulk", "task": "fulfilment.invoices.invoice"}),
        (True, {"queue": "bulk", "task": "fulfilment.payments.book_remittance"}),
        (False, {"queue": "mail"}),
        (False, {"queue": "money", "key": "beat:draft-weekly-payouts:2026-10-12T05:15:00"}),
        (None, {"queue": "money", "created_at": IN_OCTOBER + timedelta(days=20)}),
    ],
)
def test_a_dead_job_holds_when_it_is_of_the_months_money_and_else_is_only_told(holds, fields):
    die(**fields)

    counts = {item.key: item.count for item in standing().items if item.key in ("jobs", "other_jobs")}
    assert counts == {"jobs": int(holds is True), "other_jobs": int(holds is False)}
    assert [item.key for item in standing().stopped_by] == (["jobs"] if holds else [])


def test_a_dead_job_that_was_let_be_holds_nothing():
    jobs.let_be(job_id=die(queue="money").pk, reason="paid by hand", by=make_person(), now=timezone.now())

    assert standing().stopped_by == []


def test_a_payout_counts_until_it_is_settled_and_one_thrown_away_never():
    open_deliveries()
    deliver()
    hand_in_cash()
    run = draft()

    def open_payouts():
        items = standing(run.run_at.date().replace(day=1), now=run.run_at).items
        return next(item.count for item in items if item.key == "payouts")

    drafted = open_payouts()
    payouts.cancel(run_id=run.pk, by=submitter(), now=run.run_at)

    assert (drafted, open_payouts()) == (run.payouts.count(), 0)


def test_a_line_of_the_bank_that_waits_holds_its_month_until_someone_saw_to_it():
    for day in ("2026-10-20", "2026-10-16", "2026-11-02"):
        line = Moved(Decimal("-9.00"), f"PAY-{day}", day=day)
        payouts.take_in(name=day, content=camt053(line), by=submitter(), now=timezone.now())
    (item,) = standing().stopped_by

    assert (item.key, item.count, item.amount_mad, item.since) == (
        "bank_lines",
        2,
        Decimal("18.00"),
        date(2026, 10, 16),
    )
    for pk in BankFileLine.objects.values_list("pk", flat=True):
        payouts.close_line(line_id=pk, why="asked the bank", by=make_person(), now=timezone.now())
    assert standing().stopped_by == []


def test_a_payout_too_long_under_way_is_told_with_the_day_it_was_to_be_paid_and_holds_nothing():
    open_deliveries()
    deliver()
    hand_in_cash()
    run = send(draft())
    at = run.run_at + timedelta(days=20)

    items = {item.key: item for item in standing(run.run_at.date().replace(day=1), now=at).items}

    late = items["under_way"]
    assert (late.count, late.since, late.stops) == (run.payouts.count(), run.executes_on, False)


def test_what_was_found_of_a_later_month_does_not():
    now = timezone.now()
    Discrepancy.objects.create(kind="DIFFERENT", source="ch_1", first_found_at=now, last_found_at=now, moved_at=now)
    Difference.objects.create(
        **dict.fromkeys(("first_found_at", "last_found_at", "since"), now),
        cause="sale_missing",
        subject="X",
        expected=1,
        found=0,
        unit="MAD",
    )

    assert standing().stopped_by == []


def test_as_many_questions_for_one_entry_as_for_three():
    standing()  # days off are read once a minute
    counts = []
    for name in ("a", "b", "c"):
        book(name)
        with CaptureQueriesContext(connection) as asked:
            standing()
        counts.append(len(asked))

    assert counts[0] == counts[2]
