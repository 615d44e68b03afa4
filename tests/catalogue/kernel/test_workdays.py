from datetime import date

import pytest

from catalogue.kernel.workdays import is_workday, workday_after, workdays_since


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 18), False),
        (date(2026, 1, 14), False),
        (date(2023, 1, 13), True),
        (date(2025, 10, 31), True),
        (date(2028, 10, 31), False),
        (date(9999, 12, 31), True),
    ],
)
def test_is_workday_knows_weekends_and_holidays_since_they_were_kept(day, works):
    assert is_workday(day) is works


def test_is_workday_leaves_out_days_it_is_told():
    assert not is_workday(date(2026, 3, 20), {date(2026, 3, 20)})


@pytest.mark.parametrize(
    ("day", "until", "count"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 17), date(2026, 11, 19), 1),
        (date(2026, 11, 20), date(2026, 11, 27), 5),
        (date(2026, 11, 20), date(2026, 11, 10), 0),
    ],
)
def test_workdays_since_counts_the_days_after_the_first_with_the_last(day, until, count):
    assert workdays_since(day, until) == count


def test_workdays_since_leaves_out_days_it_is_told():
    assert workdays_since(date(2026, 3, 18), date(2026, 3, 24), {date(2026, 3, 20), date(2026, 3, 23)}) == 2


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 17), 5, date(2026, 11, 25)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_the_working_day_after_some_others(day, count, found):
    assert workday_after(day, count) == found


def test_days_that_are_announced_are_left_out():
    assert workday_after(date(2026, 11, 20), 1, closed={date(2026, 11, 23)}) == date(2026, 11, 24)
