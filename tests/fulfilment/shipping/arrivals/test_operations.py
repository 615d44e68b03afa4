"""Import rules: laid together, changed from a day on, never two at a time."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from fulfilment.shipping.arrivals import operations
from fulfilment.shipping.arrivals.queries import terms_for
from fulfilment.shipping.models import DeliveryCountry, ImportRule
from tests.factories.orders import open_deliveries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def europe():
    open_deliveries()


def record(country="", first=date(2026, 7, 1), until=None, **terms):
    values = {"confidence": "assumption"}
    if not country:
        values |= {"regime": "per_heading", "currency": "EUR", "value_limit": Decimal(150)}
        values |= {"duty_per_heading": Decimal(3)}
    return operations.record_import_rule(
        block="EU", country=country, valid_from=first, valid_until=until, **values | terms
    )


def spans(country=""):
    rows = ImportRule.objects.filter(block="EU", country=country).order_by("valid_from")
    return [(row.valid_from, row.valid_until) for row in rows]


def test_a_country_s_row_is_laid_over_its_block_s():
    DeliveryCountry.objects.filter(iso2="FR").update(preferential_proof="EUR.1")
    record()
    record("FR", vat_pct=Decimal(20))
    record("DE", vat_pct=Decimal(19))

    terms = terms_for("FR", now=NOW)

    assert (terms.regime, terms.vat_pct, terms.duty_per_heading) == ("per_heading", Decimal(20), Decimal(3))
    assert terms.preferential_proof == "EUR.1"


def test_a_rate_of_nothing_is_not_the_block_s():
    record(vat_pct=Decimal(20))
    record("FR", vat_pct=Decimal(0))

    assert terms_for("FR", now=NOW).vat_pct == 0


@pytest.mark.parametrize("destination", ["MA", "US", "ZZ"])
def test_there_is_nothing_to_say_at_home_or_where_nothing_is_recorded(destination):
    record()

    assert terms_for(destination, now=NOW) is None


def test_a_country_s_row_alone_says_nothing():
    record("FR", vat_pct=Decimal(20))

    assert terms_for("FR", now=NOW) is None


def test_a_change_ends_the_row_in_force_on_its_first_day():
    record()
    record(first=date(2027, 1, 1), duty_per_heading=Decimal(4))

    duties = [
        terms_for("FR", now=datetime(*day, 12, tzinfo=UTC)).duty_per_heading for day in ((2026, 12, 31), (2027, 1, 1))
    ]

    assert spans() == [(date(2026, 7, 1), date(2027, 1, 1)), (date(2027, 1, 1), None)]
    assert duties == [Decimal(3), Decimal(4)]


def test_after_a_change_for_a_time_what_held_before_holds_again():
    record()
    record(first=date(2027, 1, 1), until=date(2027, 2, 1), duty_per_heading=Decimal(4))

    days = [date(2026, 7, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert spans() == [(days[0], days[1]), (days[1], days[2]), (days[2], None)]
    assert terms_for("FR", now=datetime(2027, 3, 1, tzinfo=UTC)).duty_per_heading == 3


def test_a_later_row_is_not_run_over():
    record(first=date(2027, 1, 1))

    with pytest.raises(operations.AnotherRuleThen):
        record(first=date(2026, 7, 1))
    record(first=date(2026, 7, 1), until=date(2027, 1, 1))

    assert spans() == [(date(2026, 7, 1), date(2027, 1, 1)), (date(2027, 1, 1), None)]


def test_the_database_refuses_two_rows_at_a_time():
    record()

    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRule.objects.create(block="EU", regime="local", confidence="known", valid_from=date(2026, 8, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"regime": ""},
        {"vat_pct": Decimal(100)},
        {"vat_pct": Decimal(-1)},
        {"value_limit": Decimal(150), "currency": ""},
        {"duty_per_heading": Decimal(-3), "currency": "EUR"},
        {"valid_until": date(2026, 7, 1)},
    ],
)
def test_the_database_refuses_a_rule_that_makes_no_sense(wrong):
    values = {"block": "EU", "regime": "local", "confidence": "known", "valid_from": date(2026, 7, 1)}

    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRule.objects.create(**values | wrong)


def test_ending_a_rule_keeps_it_and_one_to_come_is_taken_back():
    rule, later = record(until=date(2027, 1, 1)), record(first=date(2027, 1, 1))

    operations.end_import_rule(rule_id=rule.pk, on=date(2026, 11, 20))
    operations.end_import_rule(rule_id=later.pk, on=date(2026, 11, 20))

    assert spans() == [(date(2026, 7, 1), date(2026, 11, 20))]
    assert terms_for("FR", now=NOW) is None
