"""Days off: written once, moved when the moon was seen, never two at once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.places import operations, queries
from catalogue.places.models import Holiday

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def fresh():
    queries.forget()
    yield
    queries.forget()


def write(first_day=date(2027, 3, 10), until=date(2027, 3, 12), **fields):
    values = {"feast": "fitr", "now": timezone.now(), "today": TODAY}
    return operations.write_holiday(first_day=first_day, until=until, **values | fields)


def test_its_days_are_closed_and_the_last_one_is_excluded():
    write()

    assert queries.closed_days() == {date(2027, 3, 10), date(2027, 3, 11)}


def test_days_are_read_once_a_minute(django_assert_num_queries):
    write()
    queries.closed_days()

    with django_assert_num_queries(0):
        queries.closed_days()


def test_two_feasts_never_share_a_day_and_the_other_is_named():
    write()

    with pytest.raises(operations.HolidaysOverlap) as refused:
        write(date(2027, 3, 11), date(2027, 3, 13), feast="other")

    assert refused.value.other.feast == "fitr"
    assert Holiday.objects.count() == 1


def test_the_database_refuses_an_overlap_whoever_writes_it():
    write()

    with pytest.raises(IntegrityError), transaction.atomic():
        Holiday.objects.create(
            feast="other", first_day=date(2027, 3, 9), until=date(2027, 3, 11), written_at=timezone.now()
        )


def test_feasts_may_follow_one_another():
    write()

    write(date(2027, 3, 12), date(2027, 3, 13), feast="other")

    assert Holiday.objects.count() == 2


def test_the_moon_moves_a_feast_by_a_day():
    expected = write(expected=True)

    moved = write(date(2027, 3, 11), date(2027, 3, 13), replaces=expected.pk)

    assert list(Holiday.objects.values_list("pk", "expected")) == [(moved.pk, False)]
    assert queries.closed_days() == {date(2027, 3, 11), date(2027, 3, 12)}


def test_a_move_that_is_refused_leaves_what_stood():
    expected = write(expected=True)
    write(date(2027, 5, 17), date(2027, 5, 20), feast="adha")

    with pytest.raises(operations.HolidaysOverlap):
        write(date(2027, 5, 18), date(2027, 5, 19), replaces=expected.pk)

    assert Holiday.objects.filter(pk=expected.pk).exists()


@pytest.mark.parametrize("days", [(date(2027, 3, 10), date(2027, 3, 10)), (date(2027, 3, 10), date(2027, 3, 21))])
def test_a_feast_lasts_from_one_to_ten_days(days):
    with pytest.raises(operations.BadLength):
        write(*days)


def test_days_that_are_over_are_neither_written_nor_taken_back():
    with pytest.raises(operations.PastDay):
        write(date(2026, 11, 19), date(2026, 11, 21))
    feast = write()

    with pytest.raises(operations.PastDay):
        operations.remove_holiday(holiday_id=feast.pk, today=date(2027, 3, 11))

    assert Holiday.objects.count() == 1


def test_days_to_come_are_taken_back():
    operations.remove_holiday(holiday_id=write().pk, today=TODAY)

    assert queries.closed_days() == frozenset()
