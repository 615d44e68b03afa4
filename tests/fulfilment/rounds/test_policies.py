from datetime import UTC, date, datetime, timedelta

import pytest

from fulfilment.rounds import policies

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_five_wrong_pins_lock_and_each_one_more_locks_again():
    assert [policies.locked_until(wrong, NOON) for wrong in (0, 4)] == [None, None]
    assert {policies.locked_until(wrong, NOON) for wrong in (5, 6)} == {NOON + policies.LOCKED_FOR}


@pytest.mark.parametrize(("day", "good"), [(19, False), (20, True), (29, True), (30, False)])
def test_a_pass_is_good_from_its_first_day_until_its_last_excluded(day, good):
    assert policies.is_good(date(2026, 11, 20), date(2026, 11, 30), date(2026, 11, day)) is good


@pytest.mark.parametrize(("ago", "at"), [(0, NOON), (90, NOON - timedelta(seconds=90)), (-5, NOON)])
def test_what_waited_happened_so_long_ago(ago, at):
    assert policies.happened_at(ago, NOON) == at


def test_nothing_waits_longer_than_a_fortnight():
    assert policies.happened_at(10**9, NOON) == NOON - timedelta(days=14)


def test_nobody_there_within_the_hour_is_the_same_visit():
    before = [NOON - timedelta(days=1), NOON]

    assert policies.visit_of(NOON, []) == 1
    assert policies.visit_of(NOON + timedelta(minutes=20), before) == 2
    assert policies.visit_of(NOON - timedelta(minutes=20), before) == 2
    assert policies.visit_of(NOON + timedelta(hours=5), before) == 3
