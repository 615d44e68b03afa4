"""Which papers are needed, which step follows which, how long a code is good."""

from datetime import UTC, datetime, timedelta

import pytest

from catalogue.joining import policies
from catalogue.joining.sectors import SECTORS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sector", "rib", "needed"),
    [
        ("weaving", "", ["statutes", "register"]),
        ("weaving", "1", ["statutes", "register", "rib"]),
        ("honey", "", ["statutes", "register", "onssa"]),
        ("argan", "1", ["statutes", "register", "rib", "onssa"]),
    ],
)
def test_food_needs_the_food_office_and_a_rib_its_certificate(sector, rib, needed):
    assert policies.needed_documents(sector, rib) == needed
    assert policies.missing_documents(sector, rib, needed[1:]) == needed[:1]


def test_every_craft_is_a_sector():
    assert set(SECTORS) >= policies.CRAFTS


def test_nothing_follows_a_refusal_or_an_opening():
    assert [
        state for state in ("REFUSED", "ACTIVE") if any(policies.may_move(state, to) for to in policies.MOVES)
    ] == []
    assert not policies.may_move("SENT", "APPROVED")
    assert not policies.may_move("APPROVED", "ACTIVE")


@pytest.mark.parametrize(
    ("age", "wrong", "good"),
    [
        (timedelta(0), 0, True),
        (timedelta(minutes=59, seconds=59), 4, True),
        (timedelta(hours=1), 0, False),
        (timedelta(0), 5, False),
    ],
)
def test_a_code_is_good_for_an_hour_and_five_tries(age, wrong, good):
    assert policies.is_good(NOW - age, wrong, NOW) == good
    assert not policies.is_good(None, wrong, NOW)


def test_a_minute_lies_between_two_codes():
    assert policies.may_give(None, NOW)
    assert not policies.may_give(NOW - timedelta(seconds=59), NOW)
    assert policies.may_give(NOW - timedelta(minutes=1), NOW)
