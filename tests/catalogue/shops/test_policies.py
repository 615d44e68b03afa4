"""When a shop is open, over holidays and Ramadan, and how long it keeps what waits there."""

from datetime import date, datetime, time

import pytest

from catalogue.shops.policies import Calendar, OtherDays, Span

DAY = [Span(time(9), time(13)), Span(time(14, 30), time(19))]
WEEK = dict.fromkeys(range(6), DAY)
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute))


def test_a_shop_closes_at_the_end_of_the_stretch_it_is_in_and_is_closed_from_that_minute():
    shop = Calendar(WEEK)

    assert shop.closes_at(at(FRIDAY, 9)) == at(FRIDAY, 13)
    assert [shop.closes_at(at(FRIDAY, hour)) for hour in (8, 13, 14, 19)] == [None] * 4


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(FRIDAY, 8), at(FRIDAY, 9)),
        (at(FRIDAY, 13), at(FRIDAY, 14, 30)),
        (at(SATURDAY, 19), at(date(2026, 11, 23), 9)),  # over Sunday
        (at(date(2026, 12, 31), 19), at(date(2027, 1, 2), 9)),  # over New Year's Day
    ],
)
def test_it_opens_next_over_noon_sundays_and_holidays(moment, opens):
    assert Calendar(WEEK).next_opening(moment) == opens


def test_days_of_their_own_count_before_holidays_and_the_week():
    ramadan = OtherDays(date(2027, 2, 8), date(2027, 3, 10), Span(time(10), time(15)))
    feast = OtherDays(date(2027, 1, 1), date(2027, 1, 2), Span(time(9), time(12)))
    closed = OtherDays(SATURDAY, SUNDAY, None)
    shop = Calendar(WEEK, [ramadan, feast, closed], {date(2026, 11, 23)})

    assert shop.spans_on(date(2027, 3, 9)) == [Span(time(10), time(15))]
    assert shop.spans_on(date(2027, 3, 10)) == DAY
    assert shop.spans_on(date(2027, 1, 1)) == [Span(time(9), time(12))]
    assert [shop.spans_on(day) for day in (SATURDAY, date(2026, 11, 23))] == [[], []]


def test_goods_are_ready_after_so_much_of_opening_hours():
    shop = Calendar(WEEK)

    assert shop.ready_at(at(FRIDAY, 10), 60) == at(FRIDAY, 11)
    assert shop.ready_at(at(FRIDAY, 12, 30), 60) == at(FRIDAY, 15)
    assert shop.ready_at(at(SATURDAY, 18, 30), 60) == at(date(2026, 11, 23), 9, 30)


def test_they_are_kept_on_days_of_opening_the_next_one_first():
    shop = Calendar(WEEK)

    assert shop.kept_until(at(FRIDAY, 11), 5) == at(date(2026, 11, 26), 19)
    assert shop.kept_until(at(FRIDAY, 11), 1) == at(SATURDAY, 19)


def test_a_shop_without_hours_is_never_said_to_open():
    shop = Calendar({})

    assert (shop.next_opening(at(FRIDAY, 9)), shop.ready_at(at(FRIDAY, 9), 1), shop.kept_until(at(FRIDAY, 9), 5)) == (
        None,
        None,
        None,
    )
