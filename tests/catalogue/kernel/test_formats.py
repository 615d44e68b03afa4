import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalogue.kernel import formats


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [
        ("fr", "MAD", "1\u202f234,50\u00a0DH"),
        ("ar", "MAD", "1.234,50\u00a0درهم"),
        ("en", "MAD", "MAD\u00a01,234.50"),
        ("fr", "EUR", "1\u202f234,50\u00a0€"),
        ("ar", "EUR", "1.234,50\u00a0أورو"),
        ("en", "EUR", "EUR\u00a01,234.50"),
        ("fr", "USD", "1\u202f234,50\u00a0$\u00a0US"),
        ("ar", "USD", "1.234,50\u00a0دولار"),
        ("en", "USD", "USD\u00a01,234.50"),
        ("ar-ma", "MAD", "1.234,50\u00a0درهم"),
        (None, "MAD", "MAD\u00a01,234.50"),
    ],
)
def test_money(language, currency, written):
    assert formats.money(Decimal("1234.5"), currency, language) == written


def test_money_keeps_the_minus_in_front_in_arabic():
    assert formats.money(Decimal("-3"), "MAD", "ar") == "\u200f\u200e-3,00\u00a0درهم"
    assert formats.money(Decimal("-0.001"), "MAD", "fr") == "0,00\u00a0DH"


@pytest.mark.parametrize("amount", [Decimal("3"), Decimal("-3")])
def test_an_amount_in_arabic_is_read_from_the_right(amount):
    directions = [unicodedata.bidirectional(sign) for sign in formats.money(amount, "MAD", "ar")]

    assert next(direction for direction in directions if direction in ("L", "R", "AL")) != "L"


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [(1640, None, "1\u202f640"), (Decimal("10.50"), None, "10,5"), (Decimal("0.125"), 1, "0,1"), (-7, None, "-7")],
)
def test_number(value, places, written):
    assert formats.number(value, "fr", places) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("ar", "21 نونبر 2026"), ("fr", "21 novembre 2026"), ("en", "21 November 2026")],
)
def test_day(language, written):
    assert formats.day(date(2026, 11, 21), language) == written


def test_day_of_an_instant_is_casablancas():
    """In July 2026 the shop was an hour ahead of UTC; since 20 September it is not."""
    assert formats.day(datetime(2026, 7, 31, 23, 30, tzinfo=UTC), "fr") == "1er août 2026"
    assert formats.moment(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "en") == "1 July 2026, 13:00"
    assert formats.moment(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "fr") == "20 novembre 2026 à 12:00"


def test_short_day_and_month():
    assert formats.short_day(date(2026, 1, 2)) == "02/01/2026"
    assert formats.month(date(2026, 8, 2), "ar") == "غشت 2026"


def test_moment_refuses_a_naive_instant():
    with pytest.raises(ValueError):
        formats.moment(datetime(2026, 11, 20), "fr")


@pytest.mark.parametrize(
    ("e164", "written"),
    [("+212612345678", "06 12 34 56 78"), ("+33612345678", "+33 6 12 34 56 78"), ("Jamila", "Jamila")],
)
def test_phone(e164, written):
    assert formats.phone(e164) == written


def test_weight_and_percent():
    assert formats.weight(226, "ar") == "226\u00a0غ"
    assert formats.weight(1200, "fr") == "1,2\u00a0kg"
    assert formats.percent(20, "fr") == "20\u00a0%"
    assert formats.percent(Decimal("10.0"), "en") == "10%"


@pytest.mark.parametrize(
    ("value", "currency", "language", "written"),
    [
        ("10.805700", "EUR", "fr", "1\u00a0€ = 10,8057\u00a0DH"),
        ("9.3", "USD", "ar", "1\u00a0دولار = 9,3000\u00a0درهم"),
        ("10.805712", "EUR", "en", "EUR\u00a01 = MAD\u00a010.805712"),
    ],
)
def test_rate_is_written_in_full_with_four_decimals_at_least(value, currency, language, written):
    assert formats.rate(Decimal(value), currency, language) == written
