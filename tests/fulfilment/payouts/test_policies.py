"""For which period someone is paid, when it ends by Casablanca's clock, and who is in a run."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel.periods import Period
from fulfilment.payouts import policies
from fulfilment.payouts.policies import OpenLeg, PayTo, Terms

CUT_OFF = datetime(2026, 12, 1, tzinfo=UTC)
BEFORE = CUT_OFF - timedelta(days=3)
D = Decimal


@pytest.mark.parametrize(
    ("cycle", "day", "period"),
    [
        ("weekly", date(2026, 11, 29), Period(date(2026, 11, 23), date(2026, 11, 30))),
        ("weekly", date(2026, 11, 30), Period(date(2026, 11, 30), date(2026, 12, 7))),
        ("fortnightly", date(2026, 11, 15), Period(date(2026, 11, 1), date(2026, 11, 16))),
        ("fortnightly", date(2026, 11, 16), Period(date(2026, 11, 16), date(2026, 12, 1))),
        ("monthly", date(2028, 2, 29), Period(date(2028, 2, 1), date(2028, 3, 1))),
        ("monthly", date(2026, 12, 31), Period(date(2026, 12, 1), date(2027, 1, 1))),
    ],
)
def test_the_period_of_a_cycle(cycle, day, period):
    assert policies.period_of(cycle, day) == period


@pytest.mark.parametrize(
    ("cycle", "day", "ends_at"),
    [
        ("monthly", date(2026, 7, 31), datetime(2026, 7, 31, 23, tzinfo=UTC)),  # the clock was an hour ahead
        ("monthly", date(2026, 2, 28), datetime(2026, 3, 1, 0, tzinfo=UTC)),  # in Ramadan it was not
        ("weekly", date(2026, 9, 20), datetime(2026, 9, 21, 0, tzinfo=UTC)),  # put back for good on that Sunday
        ("weekly", date(2026, 9, 13), datetime(2026, 9, 13, 23, tzinfo=UTC)),
        ("fortnightly", date(2026, 11, 15), datetime(2026, 11, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_period_ends_at_midnight_by_the_clock_of_that_day(cycle, day, ends_at):
    assert policies.period_of(cycle, day).ends_at == ends_at


@given(st.sampled_from(sorted(policies.CYCLES)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_periods_follow_one_another_and_leave_no_day_out(cycle, day):
    period = policies.period_of(cycle, day)

    assert day in period
    assert policies.period_of(cycle, period.until_day).from_day == period.until_day
    assert policies.last_period(cycle, day).until_day == period.from_day


@pytest.mark.parametrize(
    ("day", "pays_on"),
    [
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 11, 30)),  # a Saturday
        (date(2027, 1, 1), date(2027, 1, 4)),  # New Year, a Friday
        (date(2026, 11, 18), date(2026, 11, 20)),  # Independence Day, and a day the office wrote
    ],
)
def test_a_run_is_paid_on_a_day_on_which_banks_work(day, pays_on):
    assert policies.pay_day(day, frozenset({date(2026, 11, 19)})) == pays_on


def leg(amount: str, cooperative: int = 1, number: int = 1, since: datetime = BEFORE, **fields) -> OpenLeg:
    return OpenLeg(number, cooperative, D(amount), since, **fields)


def planned(*legs: OpenLeg, **terms) -> list[tuple[int, D, str]]:
    methods = dict.fromkeys((one.cooperative_id for one in legs), "bank_transfer")
    accounts = {pk: PayTo("0" * 24, "A", pk) for pk in methods}
    values = {"cut_off_at": CUT_OFF, "methods": methods, "accounts": accounts} | terms
    return [(one.cooperative_id, one.amount_mad, one.left_out) for one in policies.plan(legs, Terms(**values))]


def test_what_is_below_the_minimum_is_carried_over_and_what_reaches_it_is_paid():
    legs = (leg("99.99"), leg("100.00", 2, 2))

    assert planned(*legs, minimum_mad=D(100)) == [(1, D("99.99"), "minimum"), (2, D("100.00"), "")]


def test_someone_with_less_than_nothing_is_carried_over():
    assert planned(leg("-5.00"), leg("-1.00", 2, 2), leg("1.00", 2, 3)) == [(1, D("-5.00"), "negative")]


def test_who_is_paid_by_transfer_needs_an_account_and_who_fetches_cash_does_not():
    legs = (leg("9.00"), leg("9.00", 2, 2), leg("9.00", 3, 3))
    methods = {1: "bank_transfer", 2: "cash_at_agency", 3: "cheque"}

    assert [why for *_rest, why in planned(*legs, methods=methods, accounts={})] == ["account", "", ""]


def test_who_has_a_payout_of_the_period_is_not_paid_another():
    assert planned(leg("9.00"), paid={1}) == [(1, D("9.00"), "already")]


def test_what_happened_after_the_cut_off_is_paid_later_and_taken_back_at_once():
    after = CUT_OFF + timedelta(hours=1)
    legs = (leg("50.00"), leg("30.00", number=2, since=after), leg("-8.00", number=3, since=after))

    assert planned(*legs) == [(1, D("42.00"), "")]


def test_a_lost_parcel_does_not_wait_for_another_that_was_lost_later():
    legs = (leg("50.00"), leg("30.00", number=2, since=CUT_OFF + timedelta(hours=1)))

    assert planned(*legs) == [(1, D("50.00"), "")]
