"""Numbers of a year, whatever they are given to."""

from datetime import UTC, datetime

import pytest

from fulfilment.documents.numbering import next_number, number_of
from fulfilment.invoices.models import CreditSeries, Series
from fulfilment.papers.models import ManifestSeries

NOW, NEXT_YEAR = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)


def test_a_number_says_its_series_its_year_and_its_place():
    assert [number_of("F", 2026, 1), number_of("A", 2027, 123_456), number_of("M", 2027, 1_234_567)] == [
        "F2026-000001",
        "A2027-123456",
        "M2027-1234567",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("series", "letter"), [(Series, "F"), (CreditSeries, "A"), (ManifestSeries, "M")])
def test_each_series_counts_for_itself_and_begins_again_with_the_year(series, letter):
    given = [next_number(series, now=now)["number"] for now in (NOW, NOW, NEXT_YEAR)]

    assert given == [f"{letter}2026-000001", f"{letter}2026-000002", f"{letter}2027-000001"]
