from datetime import UTC, date, datetime

import pytest

from catalogue.kernel import periods
from catalogue.kernel.shopping import Shopping


def test_a_day_begins_at_midnight_in_casablanca():
    assert periods.start_of(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert periods.start_of(date(2026, 11, 20)) == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    assert periods.day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_periods_leave_their_end_out():
    november = periods.month(date(2026, 11, 20))

    assert (november.from_day, november.until_day) == (date(2026, 11, 1), date(2026, 12, 1))
    assert date(2026, 11, 30) in november
    assert date(2026, 12, 1) not in november
    assert november.ends_at == periods.start_of(date(2026, 12, 1))


def test_fortnights_meet_in_the_middle_of_the_month():
    assert periods.fortnight(date(2026, 2, 15)).until_day == periods.fortnight(date(2026, 2, 16)).from_day
    assert periods.fortnight(date(2026, 2, 28)).until_day == date(2026, 3, 1)


def test_a_week_begins_on_monday():
    assert periods.week(date(2026, 11, 22)).from_day == date(2026, 11, 16)
    assert periods.week(date(2026, 11, 23)).from_day == date(2026, 11, 23)


def test_an_empty_period_is_refused():
    with pytest.raises(ValueError):
        periods.Period(date(2026, 1, 1), date(2026, 1, 1))


def test_shopping_side_follows_the_destination_only():
    assert Shopping("EUR", "MA").side == "home"
    assert Shopping("MAD", "FR").side == "export"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        (datetime(2026, 12, 1, 6, 0), datetime(2026, 12, 1, 6, 0, tzinfo=UTC)),  # UTC+0 since September 2026
        (datetime(2026, 7, 1, 6, 0), datetime(2026, 7, 1, 5, 0, tzinfo=UTC)),
        (datetime(2026, 3, 1, 6, 0), datetime(2026, 3, 1, 6, 0, tzinfo=UTC)),  # Ramadan
        (datetime(2026, 2, 15, 2, 30), datetime(2026, 2, 15, 1, 30, tzinfo=UTC)),  # shown twice: the first time
        (datetime(2027, 3, 1, 6, 0), datetime(2027, 3, 1, 6, 0, tzinfo=UTC)),  # the clock is never put forward again
    ],
)
def test_instant_of_reads_casablancas_clock(written, instant):
    assert periods.instant_of(written) == instant
    assert periods.local(instant).replace(tzinfo=None) == written


def test_instant_of_refuses_an_hour_that_never_was():
    with pytest.raises(periods.NoSuchHour):
        periods.instant_of(datetime(2026, 3, 22, 2, 30))
    with pytest.raises(ValueError):
        periods.instant_of(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
