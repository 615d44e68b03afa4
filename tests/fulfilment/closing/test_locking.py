"""A locked month takes nothing more, whoever writes; what comes late counts in the next one."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from fulfilment.closing.models import Month, MonthEvent, Reopening
from fulfilment.ledger import queries as ledger
from tests.factories.closing import IN_OCTOBER, OCTOBER, book, lock_month, open_again, sign_first
from tests.factories.orders import open_deliveries
from tests.factories.people import make_person
from tests.factories.transfers import place_transfer, receive

pytestmark = pytest.mark.django_db
ENTRY = (
    "INSERT INTO ledger_entry (source, external_id, memo, order_number, legs, occurred_at, posted_at, booked_on)"
    " VALUES ('fee', 'x', '', '', 2, %s, now(), %s)"
)


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),  # UTC+1
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), date(2026, 2, 28)),  # Ramadan: UTC+0
        (datetime(2026, 3, 1, 0, 0, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 8, 31, 23, 0, tzinfo=UTC), date(2026, 9, 1)),
        (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), date(2026, 10, 31)),  # UTC+0 for good
    ],
)
def test_an_entry_counts_on_the_day_of_casablancas_clock(at, day):
    assert book("x", at).booked_on == day


def test_what_comes_late_counts_on_the_first_day_after_the_lock_and_keeps_when_it_happened():
    book("in time")
    lock_month()

    late = book("late")

    assert (late.booked_on, late.occurred_at) == (date(2026, 11, 1), IN_OCTOBER)
    assert book("now", timezone.now()).booked_on == date(2026, 11, 20)


def test_a_payment_of_a_locked_month_is_taken_in_as_ever():
    open_deliveries()
    order = place_transfer()
    book("first")
    lock_month()

    receive(order, now=IN_OCTOBER)

    order.refresh_from_db()
    days = {entry.booked_on for entry in ledger.of_order(order.number)}
    assert (order.status, days) == ("PAID", {date(2026, 11, 1)})


@pytest.mark.parametrize(
    ("at", "day", "name"),
    [
        ("2026-10-15 09:00+00", "2026-10-31", "ledger_month_is_locked"),
        ("2026-10-15 09:00+00", "2026-10-15", "ledger_month_is_locked"),
        ("2026-11-15 09:00+00", "2026-10-31", "ledger_month_is_locked"),
        ("2026-10-15 09:00+00", "2026-12-01", "ledger_entry_counts_on_its_day"),
        ("2026-11-15 09:00+00", "2026-11-14", "ledger_entry_counts_on_its_day"),
    ],
)
def test_sql_cannot_date_an_entry_as_it_likes(at, day, name):
    book("first")
    lock_month()

    with pytest.raises(IntegrityError) as refused:
        run(ENTRY, at, day)

    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE closing_month SET state = 'OPEN', sha256 = '', figures = '{}', first_by_id = NULL, first_at = NULL,"
        " second_by_id = NULL, locked_at = NULL",
        "UPDATE closing_month SET state = 'CHECKED', second_by_id = NULL, locked_at = NULL",
        "UPDATE closing_month SET figures = '{}'",
        "UPDATE closing_month SET month = 9",
        "UPDATE closing_month SET locked_at = now()",
        "DELETE FROM closing_month",
        "TRUNCATE closing_month CASCADE",
        "DELETE FROM closing_monthevent",
        "UPDATE closing_monthevent SET text = 'other'",
        "INSERT INTO closing_month (year, month, state, sha256, figures) VALUES (2026, 9, 'LOCKED', '', '{}')",
    ],
)
def test_sql_cannot_change_a_locked_month(statement):
    book("first")
    lock_month()

    with pytest.raises(DatabaseError):
        run(statement)


def test_sql_cannot_lock_what_was_not_signed_first_or_says_something_else():
    month = Month.objects.create(year=2026, month=10)
    both = {"second_by": make_person(), "locked_at": timezone.now(), "state": "LOCKED"}
    first = {"first_by": make_person(), "first_at": timezone.now(), "sha256": "a" * 64}
    rows = Month.objects.filter(pk=month.pk)

    with pytest.raises(IntegrityError, match="as it was signed"), transaction.atomic():
        rows.update(**both, **first)
    rows.update(**first, state="CHECKED")
    with pytest.raises(IntegrityError, match="as it was signed"), transaction.atomic():
        rows.update(**both, sha256="b" * 64)
    with pytest.raises(IntegrityError, match="closing_month_two_persons"), transaction.atomic():
        rows.update(**both | {"second_by": first["first_by"]})
    rows.update(**both)


def test_a_month_that_was_opened_again_takes_entries_and_is_locked_anew():
    book("first")
    lock_month()
    open_again()

    back = book("second")
    again = lock_month()

    assert (back.booked_on, again.state) == (IN_OCTOBER.date(), "LOCKED")
    kinds = list(MonthEvent.objects.values_list("kind", flat=True))
    assert kinds == ["SIGNED", "LOCKED", "ASKED", "OPENED", "SIGNED", "LOCKED"]


def test_sql_opens_no_month_by_an_old_permission():
    book("first")
    lock_month()
    open_again()
    lock_month()
    month = Month.objects.get()

    with pytest.raises(IntegrityError, match="two persons"):
        run(
            "UPDATE closing_month SET state = 'OPEN', sha256 = '', first_by_id = NULL, first_at = NULL,"
            " second_by_id = NULL, locked_at = NULL"
        )
    assert Reopening.objects.exclude(of_lock=month.locked_at).count() == 1


def test_a_signed_month_still_takes_entries():
    book("first")
    sign_first()

    assert book("second").booked_on.month == OCTOBER.month
