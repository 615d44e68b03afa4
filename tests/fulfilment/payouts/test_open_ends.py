"""What the bank has not said, or said otherwise, is named with its age."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalogue.kernel.periods import start_of
from fulfilment.payouts import open_ends, operations
from tests.factories.catalogue import make_stockrecord
from tests.factories.payouts import approver, deliver, draft, later, send, submitter
from tests.factories.statements import Moved, camt053, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    deliver((make_stockrecord(farm_gate="80.00"), 2), method="card")
    return send(draft()).payouts.select_related("run").get()


def take_in(*lines: Moved) -> None:
    operations.take_in(name="statement.xml", content=camt053(*lines), by=submitter(), now=later())


def test_lines_that_wait_are_named_with_their_age_until_someone_saw_to_them(sent):
    take_in(
        Moved(Decimal("-9.00"), "PAY-1", day="2026-11-20"),
        Moved(Decimal("-8.00"), "PAY-2", day="2026-11-16"),
        Moved(Decimal("-7.00"), "PAY-3", day="2026-12-01"),
    )
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)

    found = list(open_ends.waiting_bank_lines(at))

    ages = [(line.end_to_end_id, line.since, open_ends.workdays_open(line.since, at)) for line in found]
    assert ages == [("PAY-2", date(2026, 11, 16), 8), ("PAY-1", date(2026, 11, 20), 5)]  # the 18th is a holiday
    operations.close_line(line_id=found[0].pk, why="asked the bank", by=approver(), now=timezone.now())
    assert [line.end_to_end_id for line in open_ends.waiting_bank_lines(at)] == ["PAY-1"]


def test_a_payout_without_an_end_some_working_days_after_its_day_is_named(sent):
    day = sent.run.executes_on
    ages = {}
    for offset in range(9):
        at = start_of(day + timedelta(days=offset))
        ages[open_ends.workdays_open(day, at)] = list(open_ends.long_under_way(at))

    assert {age for age, found in ages.items() if found == [sent]} == {age for age in ages if age >= 3}
    take_in(paid(sent))
    assert list(open_ends.long_under_way(later())) == []
