"""Rates: which are believed at once, which wait, who may decide, and when a rate is too old to publish with."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel import invariants
from catalogue.places.operations import write_holiday
from catalogue.pricing import fixing, operations, queries
from catalogue.pricing.models import ExchangeRate, OldRateApproval, PriceList
from tests.factories.people import make_staff
from tests.factories.rates import FRIDAY, make_rate

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
THURSDAY = FRIDAY - timedelta(days=1)
State, Why = ExchangeRate.State, ExchangeRate.Why


def record(value, *, currency="EUR", day=FRIDAY, by=None, now=NOW):
    return operations.record_rate(
        currency=currency, day=day, mad_per_unit=Decimal(value), source="tests", now=now, recorded_by=by
    )


@pytest.mark.parametrize("value", ["10.80", "11.124", "10.476", "10.6543210"])
def test_a_rate_that_moves_three_percent_at_most_is_accepted_at_once(value):
    make_rate("10.80", day=THURSDAY)

    rate = record(value).rate

    assert (rate.state, rate.why, rate.decided_by, rate.compared_with) == (State.ACCEPTED, "", None, Decimal("10.80"))
    assert queries.rate_beside("EUR", FRIDAY) == rate


@pytest.mark.parametrize(("value", "pct"), [("11.124001", "3.00"), ("10.475999", "-3.00"), ("12.96", "20.00")])
def test_a_rate_that_moves_more_waits_and_the_old_one_stays_in_force(value, pct):
    old = make_rate("10.80", day=THURSDAY)

    rate = record(value).rate

    assert (rate.state, rate.why, rate.change_pct) == (State.WAITING, Why.MOVED, Decimal(pct))
    assert queries.rate_beside("EUR", FRIDAY) == old


def test_the_first_rate_of_a_currency_waits():
    make_rate("10.80")

    rate = record("9.30", currency="USD").rate

    assert (rate.state, rate.why, rate.change_pct) == (State.WAITING, Why.FIRST, None)


def test_a_rate_of_a_day_before_all_others_is_compared_with_the_first_after():
    make_rate("10.80")

    near, far = record("10.70", day=date(2026, 1, 5)).rate, record("9.00", day=date(2026, 1, 2)).rate

    assert (near.state, far.state, far.compared_with) == (State.ACCEPTED, State.WAITING, Decimal("10.70"))


@pytest.mark.parametrize("state", [State.ACCEPTED, State.WAITING, State.REFUSED])
def test_the_same_day_and_value_again_change_nothing(state):
    there = make_rate("10.80", state=state)

    recorded = record("10.800000")

    assert (recorded.rate, recorded.is_new, ExchangeRate.objects.count()) == (there, False, 1)


def test_another_value_for_a_day_waits_and_replaces_nothing():
    old = make_rate("10.80")

    rate = record("10.81").rate

    assert (rate.state, rate.why) == (State.WAITING, Why.DIFFERS)
    old.refresh_from_db()
    assert (old.state, queries.rate_beside("EUR", FRIDAY)) == (State.ACCEPTED, old)


def test_a_value_that_was_refused_waits_again_when_a_person_types_it():
    make_rate("10.80", day=THURSDAY)
    make_rate("10.81", state=State.REFUSED)

    rate = record("10.81", by=make_staff("finance")).rate

    assert (rate.state, rate.why) == (State.WAITING, Why.AGAIN)


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        ({"value": "0"}, operations.RateNotPositive, "mad_per_unit"),
        ({"value": "-10.80"}, operations.RateNotPositive, "mad_per_unit"),
        ({"value": "NaN"}, operations.RateNotFinite, "mad_per_unit"),
        ({"value": "sNaN"}, operations.RateNotFinite, "mad_per_unit"),
        ({"value": "Infinity"}, operations.RateNotFinite, "mad_per_unit"),
        ({"value": "-Infinity"}, operations.RateNotFinite, "mad_per_unit"),
        ({"value": "1e9"}, operations.RateAbsurd, "mad_per_unit"),
        ({"value": "108057"}, operations.RateAbsurd, "mad_per_unit"),
        ({"value": "0.999999"}, operations.RateAbsurd, "mad_per_unit"),
        ({"value": "1e-30"}, operations.RateAbsurd, "mad_per_unit"),
        ({"day": FRIDAY + timedelta(days=1)}, operations.RateOfTheFuture, "day"),
        ({"currency": "MAD"}, operations.UnknownRateCurrency, "currency"),
        ({"currency": "XXX"}, operations.UnknownRateCurrency, "currency"),
        ({"currency": "eur"}, operations.UnknownRateCurrency, "currency"),
    ],
)
def test_record_rate_refuses_what_is_no_rate_and_keeps_nothing(wrong, refusal, field):
    make_rate("10.80", day=THURSDAY)

    with pytest.raises(operations.RateRefused) as refused:
        record(**({"value": "10.80"} | wrong))

    assert (type(refused.value), refused.value.field, bool(str(refused.value))) == (refusal, field, True)
    assert ExchangeRate.objects.count() == 1


def test_tomorrow_begins_at_midnight_in_casablanca():
    """Half past eleven in the evening of the 19th of July, UTC, is the 20th on UTC+1."""
    make_rate("10.80", day=date(2026, 7, 1))

    recorded = record("10.80", day=date(2026, 7, 20), now=datetime(2026, 7, 19, 23, 30, tzinfo=UTC))

    assert recorded.is_new


def test_another_person_accepts_a_rate_typed_by_hand():
    typist, director = make_staff("finance"), make_staff("director")
    make_rate("10.80", day=THURSDAY)
    rate = record("11.80", by=typist).rate

    with pytest.raises(operations.SamePerson):
        operations.accept_rate(rate=rate, accepted_by=typist, note="I am sure", now=NOW)
    accepted = operations.accept_rate(rate=rate, accepted_by=director, note="as the bank says", now=NOW)

    assert (accepted.state, accepted.decided_by, accepted.decided_at) == (State.ACCEPTED, director, NOW)
    assert queries.rate_beside("EUR", FRIDAY) == accepted


def test_the_database_too_refuses_the_typist_as_judge():
    typist = make_staff("finance")
    make_rate("10.80", day=THURSDAY)
    rate = record("11.80", by=typist).rate

    with pytest.raises(IntegrityError, match="rate_accepted_by_another"), transaction.atomic():
        ExchangeRate.objects.filter(pk=rate.pk).update(
            state=State.ACCEPTED, decided_by=typist, decided_at=NOW, note="I am sure"
        )


def test_whoever_typed_a_rate_may_withdraw_it():
    typist = make_staff("finance")
    make_rate("10.80", day=THURSDAY)
    rate = record("18.00", by=typist).rate

    refused = operations.refuse_rate(rate=rate, refused_by=typist, note="a slip", now=NOW)

    assert (refused.state, refused.decided_by, refused.note) == (State.REFUSED, typist, "a slip")


def test_accepting_another_value_for_a_day_keeps_the_old_one_as_replaced():
    old = make_rate("10.80")
    rate = record("10.81").rate

    operations.accept_rate(rate=rate, accepted_by=make_staff("director"), note="corrected by the bank", now=NOW)

    old.refresh_from_db()
    assert old.state == State.REPLACED
    assert queries.rate_beside("EUR", FRIDAY).mad_per_unit == Decimal("10.81")


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REFUSED])
def test_what_does_not_wait_cannot_be_decided(state):
    rate = make_rate("10.80", state=state)

    for decide, who in ((operations.accept_rate, "accepted_by"), (operations.refuse_rate, "refused_by")):
        with pytest.raises(operations.RateNotWaiting):
            decide(rate=rate, note="late", now=NOW, **{who: make_staff("director")})


@pytest.mark.parametrize("note", ["", "  "])
def test_a_decision_needs_grounds(note):
    rate = make_rate("10.80", state=State.WAITING)

    with pytest.raises(operations.NoGrounds):
        operations.accept_rate(rate=rate, accepted_by=make_staff("director"), note=note, now=NOW)
    with pytest.raises(operations.NoGrounds):
        operations.refuse_rate(rate=rate, refused_by=make_staff("director"), note=note, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"mad_per_unit": 11},
        {"day": THURSDAY},
        {"currency": "USD"},
        {"state": "refused"},
        {"state": "waiting"},
    ],
)
def test_the_database_keeps_an_accepted_rate_as_it_is(change):
    rate = make_rate("10.80")

    with pytest.raises(DatabaseError), transaction.atomic():
        ExchangeRate.objects.filter(pk=rate.pk).update(**change)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "waiting", "why": ""},
        {"state": "waiting", "why": "moved", "decided_at": NOW},
        {"state": "refused", "why": "moved"},
        {"state": "accepted", "decided_at": NOW},
        {"state": "accepted", "why": "moved"},
        {"currency": "MAD"},
        {"mad_per_unit": Decimal("0.99")},
        {"mad_per_unit": Decimal("100.01")},
    ],
)
def test_the_database_refuses_a_rate_in_no_state_it_knows(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(
            **({"currency": "EUR", "day": FRIDAY, "mad_per_unit": Decimal("10.80"), "source": "tests"} | fields)
        )


@pytest.fixture
def friday_rates():
    return make_rate("10.80"), make_rate("9.30", currency="USD")


def test_rates_on_knows_accepted_rates_only(friday_rates):
    for state in (State.WAITING, State.REFUSED):
        make_rate("15.00", day=FRIDAY + timedelta(days=1), state=state)

    rates = queries.rates_on(FRIDAY + timedelta(days=3))

    assert (rates.eur, rates.usd, rates.day) == (Decimal("10.80"), Decimal("9.30"), FRIDAY)


@pytest.mark.parametrize(("day", "is_old"), [(date(2026, 11, 26), False), (date(2026, 11, 27), True)])
def test_a_rate_is_too_old_after_four_working_days(friday_rates, day, is_old):
    assert queries.stale_rates(day) == (list(friday_rates) if is_old else [])
    assert queries.rates_on(day).day == FRIDAY


def test_days_that_the_moon_closes_do_not_age_a_rate(friday_rates):
    assert queries.stale_rates(date(2026, 11, 27))
    write_holiday(
        feast="mawlid", first_day=date(2026, 11, 25), until=date(2026, 11, 26), now=NOW, today=date(2026, 11, 20)
    )

    assert queries.stale_rates(date(2026, 11, 27)) == []


def test_one_currency_can_be_too_old_alone(friday_rates):
    make_rate("10.82", day=date(2026, 11, 26))

    assert queries.stale_rates(date(2026, 11, 27)) == [friday_rates[1]]


def test_rates_for_publishing_refuses_old_rates_until_someone_accepts_them(friday_rates):
    day, director = date(2026, 11, 27), make_staff("director")
    with pytest.raises(operations.RatesTooOld) as refusal:
        operations.rates_for_publishing(day)
    assert (refusal.value.rates, refusal.value.day) == (list(friday_rates), day)

    accepted = operations.rates_for_publishing(day, approved_by=director, approved_at=NOW, note="the bank is closed")

    assert accepted == operations.rates_for_publishing(day) == queries.rates_on(day)
    kept = OldRateApproval.objects.order_by("pk").values_list("rate", "day", "approved_by", "approved_at", "note")
    assert list(kept) == [(rate.pk, day, director.pk, NOW, "the bank is closed") for rate in friday_rates]


def test_an_old_rate_is_accepted_for_one_day_only(friday_rates):
    day = date(2026, 11, 27)
    operations.rates_for_publishing(day, approved_by=make_staff("director"), approved_at=NOW)

    with pytest.raises(operations.RatesTooOld):
        operations.rates_for_publishing(date(2026, 11, 30))


def test_rates_for_publishing_asks_nobody_while_rates_are_fresh(friday_rates):
    rates = operations.rates_for_publishing(FRIDAY, approved_by=make_staff("director"), approved_at=NOW)

    assert (rates, OldRateApproval.objects.count()) == (queries.rates_on(FRIDAY), 0)


def test_load_history_keeps_what_it_replaces_and_gives_way_to_real_rates():
    loaded = make_rate("10.80", day=THURSDAY, source="simulated: model")
    real = make_rate("10.85", source="Bank Al-Maghrib")

    def history():
        return [
            ExchangeRate(currency="EUR", day=day, mad_per_unit=Decimal("10.70"), source="simulated: model")
            for day in (THURSDAY - timedelta(days=1), THURSDAY, FRIDAY)
        ]

    first, second = operations.load_history(rates=history(), now=NOW), operations.load_history(rates=history(), now=NOW)

    loaded.refresh_from_db()
    real.refresh_from_db()
    assert (loaded.state, real.state) == (State.REPLACED, State.ACCEPTED)
    assert ((first.created, first.changed, first.unchanged), second.written) == ((1, 1, 1), 0)


def publish_at(eur, usd, day):
    PriceList.objects.create(
        reference=f"L{PriceList.objects.count()}",
        starts_at=NOW + timedelta(days=PriceList.objects.count()),
        ends_at=NOW + timedelta(days=PriceList.objects.count() + 1),
        published_at=NOW,
        eur_rate=eur,
        usd_rate=usd,
        rates_day=day,
    )


def broken():
    return {name: rows for name, rows in invariants.violations() if name.startswith("rates") and rows}


def test_a_list_made_with_a_rate_that_waits_is_found(friday_rates):
    make_rate("15.00", state=State.WAITING)
    publish_at("10.80", "9.30", FRIDAY)
    assert broken() == {}

    publish_at("15.00", "9.30", FRIDAY)

    assert broken() == {"rates: every price list was made with accepted rates of its day": ["L1"]}


def test_a_list_keeps_its_word_when_a_rate_is_replaced_later(friday_rates):
    publish_at("10.80", "9.30", FRIDAY)
    rate = record("10.90").rate

    operations.accept_rate(rate=rate, accepted_by=make_staff("director"), note="corrected", now=NOW)

    assert broken() == {}


rates = st.decimals(min_value=1, max_value=100, places=6)


@given(rates, rates)
def test_a_rate_has_moved_too_far_exactly_beyond_three_percent(before, after):
    bounds = before * Decimal("0.97"), before * Decimal("1.03")

    assert fixing.moved_too_far(before, after) == (not bounds[0] <= after <= bounds[1])
