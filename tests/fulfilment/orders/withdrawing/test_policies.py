"""How long something may be sent back: classes of goods, and the end of the last day in the shop's zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.kernel.periods import local
from fulfilment.orders.withdrawing.policies import ELSEWHERE, class_of, days_left, ends_at, nearest, places_of


@dataclass
class Thing:
    kind: str = "food"
    date_type: str = ""
    cold_chain: bool = False
    shelf_life_days: int | None = None


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (Thing(date_type="DDM", shelf_life_days=540), "sealed"),
        (Thing(kind="cosmetic", date_type="DDM", shelf_life_days=720), "sealed"),
        (Thing(kind="gift", date_type="DDM", shelf_life_days=300), "sealed"),
        (Thing(kind="craft"), "ordinary"),
        (Thing(date_type="DLC", shelf_life_days=45), "perishable"),
        (Thing(date_type="DDM", shelf_life_days=30), "perishable"),
        (Thing(date_type="DDM", shelf_life_days=31), "sealed"),
        (Thing(date_type="DDM", shelf_life_days=300, cold_chain=True), "perishable"),
    ],
)
def test_what_a_product_is_follows_from_its_data(thing, expected):
    assert class_of(thing) == expected


@pytest.mark.parametrize(
    ("delivered_at", "days", "last_day"),
    [
        ("2026-11-17 10:00", 7, "2026-11-24"),
        ("2026-11-17 00:00", 7, "2026-11-24"),  # the first minute of a day is that day
        ("2026-11-17 23:59", 7, "2026-11-24"),  # and so is the last
        ("2026-11-20 10:00", 7, "2026-11-27"),
        ("2026-11-21 10:00", 7, "2026-11-30"),  # a Saturday: carried to Monday
        ("2026-11-22 10:00", 7, "2026-11-30"),  # a Sunday
        ("2027-01-26 10:00", 7, "2027-02-02"),  # over the end of a month
        ("2028-02-22 10:00", 7, "2028-02-29"),  # onto the leap day
        ("2028-02-23 10:00", 7, "2028-03-01"),  # over it
        ("2027-02-22 10:00", 7, "2027-03-01"),  # no leap day
        ("2026-12-28 10:00", 14, "2027-01-11"),  # over the end of a year
        ("2026-11-17 10:00", 14, "2026-12-01"),
    ],
)
def test_the_period_ends_with_its_last_day(delivered_at, days, last_day):
    delivered = datetime.fromisoformat(delivered_at).replace(tzinfo=UTC)  # UTC+0 since 2026-09-20

    end = ends_at(delivered, days)

    assert local(end - timedelta(microseconds=1)).strftime("%Y-%m-%d %H:%M") == f"{last_day} 23:59"
    assert local(end).strftime("%H:%M") == "00:00"


def test_the_end_of_summer_time_leaves_every_day_whole():
    delivered = datetime(2026, 9, 15, 9, tzinfo=UTC)  # UTC+1 in Casablanca, UTC+0 from the 20th on

    assert ends_at(delivered, 7) == datetime(2026, 9, 23, 0, tzinfo=UTC)


def test_the_clock_of_ramadan_neither_adds_nor_takes_a_day():
    before = datetime(2026, 2, 11, 9, tzinfo=UTC)  # UTC+1; Ramadan's UTC+0 began on 2026-02-15
    during = datetime(2026, 3, 17, 9, tzinfo=UTC)  # UTC+0 until 2026-03-22, then UTC+1

    assert ends_at(before, 7) == datetime(2026, 2, 19, 0, tzinfo=UTC)
    assert ends_at(during, 7) == datetime(2026, 3, 24, 23, tzinfo=UTC)


def test_a_parcel_that_came_late_at_night_counts_from_the_shop_s_day():
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # 00:30 on the 7th in Casablanca

    assert ends_at(late, 7) == datetime(2026, 7, 14, 23, tzinfo=UTC)


def test_without_the_right_the_delivery_is_the_end():
    delivered = datetime(2026, 11, 17, 10, tzinfo=UTC)

    assert ends_at(delivered, 0) == delivered


def test_a_country_speaks_before_its_group_and_that_before_everywhere_else():
    assert places_of("FR", "EU") == ("FR", "EU", ELSEWHERE)
    assert places_of("MA", "MA") == ("MA", ELSEWHERE)
    assert places_of("BR", "") == ("BR", ELSEWHERE)
    assert nearest(("FR", "EU", "*"), ["*", "EU"]) == "EU"
    assert nearest(("FR", "EU"), ["MA"]) is None


def test_days_left_are_counted_after_today():
    end = datetime(2026, 11, 25, tzinfo=UTC)

    assert [days_left(end - timedelta(days=n, seconds=1), end) for n in (7, 1, 0)] == [7, 1, 0]
    assert days_left(end + timedelta(days=3), end) == 0
