"""Days and numbers as people type them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from storefront.customer.fields import CountField, DayField


@pytest.mark.parametrize("written", ["2026-11-20", "٢٠٢٦-١١-٢٠", "۲۰۲۶-۱۱-۲۰"])
def test_a_day_is_read_in_any_digits(written):
    assert DayField().clean(written) == date(2026, 11, 20)


@pytest.mark.parametrize("written", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "2026-02-30", "soon"])
def test_a_day_that_no_shop_knows_is_refused(written):
    with pytest.raises(ValidationError) as refused:
        DayField().clean(written)

    assert refused.value.code == "invalid"


def test_a_field_may_know_more_years():
    assert DayField(years=range(2000, 2200)).clean("2199-12-31") == date(2199, 12, 31)


@pytest.mark.parametrize(
    ("written", "count"), [("12", 12), ("١٢", 12), (" ۱۲\u200f", 12), ("–2", -2), ("−٢", -2), ("0", 0)]
)
def test_a_count_is_read_in_any_digits(written, count):
    assert CountField().clean(written) == count


@pytest.mark.parametrize("written", ["twelve", "1.5", "1 2", "²", "1e3", "--2"])
def test_what_is_no_whole_number_is_refused_in_kind_words(written):
    with pytest.raises(ValidationError) as refused:
        CountField().clean(written)

    with override("en"):
        assert refused.value.messages == ["Write the number in digits, for example 12."]
