"""Changing how long things may be sent back: from a day to come, without a gap."""

from datetime import date

import pytest
from django.utils import timezone

from fulfilment.orders.withdrawing.models import WithdrawalPeriod
from fulfilment.orders.withdrawing.periods import ChangePlanned, NotAhead, change_period
from fulfilment.orders.withdrawing.queries import periods_for, promised_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
FIRST = date(2026, 12, 1)


def change(**fields):
    values = {
        "destination": "MA",
        "product_class": "ordinary",
        "days": 10,
        "excluded": "",
        "unopened_only": False,
        "valid_from": FIRST,
        "note": "our own promise",
        "written_by": None,
        "now": timezone.now(),
    }
    return change_period(**values | fields)


def test_the_day_before_has_the_old_row_and_the_day_itself_the_new():
    change()

    assert [periods_for("MA", date(2026, month, day))["ordinary"].days for month, day in ((11, 30), (12, 1))] == [7, 10]


def test_a_destination_gets_a_row_of_its_own():
    change(destination="JP")

    assert periods_for("JP", FIRST)["ordinary"].days == 10
    assert periods_for("JP", FIRST)["sealed"].days == 7


def test_neither_today_nor_the_past_is_changed():
    for day in (TODAY, date(2026, 11, 1)):
        with pytest.raises(NotAhead):
            change(valid_from=day)

    assert WithdrawalPeriod.objects.filter(valid_until__isnull=False).count() == 0


def test_a_planned_change_stands():
    change()

    for day in (FIRST, date(2026, 11, 25)):
        with pytest.raises(ChangePlanned):
            change(valid_from=day)


def test_what_pages_keep_of_a_day_is_what_its_rows_say(django_assert_num_queries):
    kept = promised_for("MA", TODAY)
    change()

    with django_assert_num_queries(0):
        assert promised_for("MA", TODAY) == kept
    assert kept["ordinary"].days == periods_for("MA", TODAY)["ordinary"].days
    assert promised_for("MA", FIRST)["ordinary"].days == 10
