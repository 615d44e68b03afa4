"""What the database refuses, in the operation's own words."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.utils import timezone

from catalogue.kernel.constraints import broken_by, refused_as
from catalogue.places.models import Holiday

pytestmark = pytest.mark.django_db


class Taken(Exception):
    pass


def write(first_day, until):
    return Holiday.objects.create(
        feast=Holiday.Feast.values[0], first_day=first_day, until=until, written_at=timezone.now()
    )


def test_what_the_named_constraint_refuses_is_said_otherwise_once_it_is_undone():
    kept = write(date(2027, 5, 1), date(2027, 5, 3))

    with (
        pytest.raises(Taken, match="1") as refused,
        refused_as(lambda: Taken(Holiday.objects.count()), constraint="holiday_never_two"),
    ):
        [write(date(2027, month, 2), date(2027, month, 4)) for month in (6, 5)]

    assert broken_by(refused.value.__cause__) == "holiday_never_two"
    assert list(Holiday.objects.all()) == [kept]


def test_what_another_constraint_refuses_stays_what_it_is():
    with (
        pytest.raises(IntegrityError, match="holiday_ends_after_it_begins"),
        refused_as(Taken, constraint="holiday_never_two"),
    ):
        write(date(2027, 5, 2), date(2027, 5, 1))


def test_what_is_not_refused_is_written():
    with refused_as(Taken, constraint="holiday_never_two"):
        kept = write(date(2027, 5, 1), date(2027, 5, 3))

    assert list(Holiday.objects.all()) == [kept]


def test_an_error_of_something_else_breaks_no_constraint():
    assert broken_by(ValueError()) == ""
