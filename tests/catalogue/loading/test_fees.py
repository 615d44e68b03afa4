"""The fee schedules of the data: written once, checked line by line, and the office's own from then on."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalogue.pricing import operations
from catalogue.pricing.models import CooperativeTaxStatus, Fee, PriceList, VatRate

pytestmark = pytest.mark.django_db


@pytest.fixture
def fees(folder):
    """Only the rows of all families, from line 2 on: collection, packing, transport, payment, office."""
    folder.keep("fee_schedules.csv", lambda row: not row["family"])
    return folder


def test_load_writes_the_schedules_once(folder):
    first = folder.load().counts["fee_schedules.csv"]
    second = folder.load().counts["fee_schedules.csv"]

    assert first.created == Fee.objects.count() == second.unchanged == len(folder.rows("fee_schedules.csv"))
    assert second.written == 0
    office = Fee.objects.get(part="office", family=None)
    assert (office.basis, office.value, office.valid_until) == ("price", Decimal("12"), None)


def test_the_days_of_schedules_move_with_the_data(fees):
    in_december = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)
    fees.load(today=date(2026, 12, 20), now=in_december)

    assert set(Fee.objects.values_list("valid_from", flat=True)) == {date(2025, 1, 31)}
    assert fees.load(today=date(2027, 3, 1), now=in_december).counts["fee_schedules.csv"].written == 0


def test_a_folder_without_schedules_is_a_good_folder(folder):
    (folder.path / "fee_schedules.csv").unlink()

    folder.load()

    assert not Fee.objects.exists()


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"value": "-1"}, "value -1 is negative"),
        ({"value": "NaN"}, 'value "NaN" is not a number'),
        ({"value": "100"}, "value 100 is 100 % or more"),
        ({"part": "bribes"}, 'part "bribes" is not one of those we know'),
        ({"basis": "mood"}, 'basis "mood" is not one of those we know'),
        ({"family": "unicorns"}, 'unknown families "unicorns"'),
        ({"valid_from": "soon"}, 'valid_from "soon" is not a date (YYYY-MM-DD)'),
        ({"valid_until": "2024-01-01"}, "valid_until is before valid_from"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(fees, cells, problem):
    fees.set("fee_schedules.csv", 0, **cells)

    assert any(told.startswith("fee_schedules.csv:2 ") and told.endswith(problem) for told in fees.problems())
    assert not Fee.objects.exists()


def test_overlapping_rows_are_told(fees):
    fees.add("fee_schedules.csv", valid_from="2025-06-01")

    assert fees.problems() == ["fee_schedules.csv:7 part collection++2025-06-01: overlaps with the row from 2025-01-01"]


def test_a_row_that_says_otherwise_than_before_is_told(fees):
    fees.load()
    fees.set("fee_schedules.csv", 0, value="4")

    [problem] = fees.problems()
    assert problem.startswith("fee_schedules.csv:2 part collection++2025-01-01: ")
    assert problem.endswith("holds as 3 farm_gate already: add a row with a later valid_from")


def test_what_the_office_ended_stays_ended(fees):
    fees.load()
    row = Fee.objects.get(part="packing")
    operations.end_row(row=row, until=date(2026, 12, 1), today=date(2026, 11, 20))

    context = fees.load()

    assert context.counts["fee_schedules.csv"].written == 0
    assert Fee.objects.get(part="packing").valid_until == date(2026, 12, 1)


def test_fees_that_leave_nothing_of_a_price_are_told(fees):
    fees.set("fee_schedules.csv", 3, value="60")
    fees.set("fee_schedules.csv", 4, value="40")

    assert fees.problems() == [
        "fee_schedules.csv:5 part payment++2025-01-01: fees take 100 % of the price from 2025-01-01 on"
    ]


def test_rates_and_statuses_begin_as_in_the_data_and_are_left_alone_afterwards(folder):
    folder.load()
    rate = VatRate.objects.get(vat_class__code="R10", side="home")
    operations.end_row(row=rate, until=date(2027, 1, 1), today=date(2026, 11, 20))

    context = folder.load()

    assert (rate.rate_pct, VatRate.objects.get(vat_class__code="R10", side="export").rate_pct) == (10, 0)
    assert CooperativeTaxStatus.objects.filter(status="exempt_below_10m").count() == 160
    assert context.counts["VAT rates"].written == context.counts["tax statuses"].written == 0


def test_a_load_leaves_the_prices_that_the_office_published(folder, django_user_model):
    folder.load()
    now = PriceList.objects.get().starts_at.replace(hour=13)
    draft = operations.prepare(source="schedules", starts_at=None, prepared_by=None, now=now)
    director = django_user_model.objects.create_user("director@example.org")
    operations.approve(draft_id=draft.pk, approved_by=director, now=now)
    published = operations.publish(draft_id=draft.pk, now=now)
    folder.set("products.csv", 0, base_price_mad="60.00")

    folder.load(now=now.replace(hour=18))

    assert PriceList.objects.get(ends_at=None) == published
