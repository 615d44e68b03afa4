from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalogue.kernel import formats, numerals
from catalogue.kernel.money import CURRENCIES

AMOUNTS = st.decimals(min_value=0, max_value=99_999_999, places=2, allow_nan=False)


@pytest.mark.parametrize(
    "written",
    [
        "1234.50",
        "1234,5",
        "1.234,50",
        "1,234.50",
        "1 234,50",
        "1\u202f234,50\u00a0DH",
        "1 234,50 DH",
        "1'234.50",
        "1’234,50",
        "١٢٣٤٫٥٠",
        "١٬٢٣٤٫٥٠",
        "١٢٣٤،٥٠ درهم",
        "۱۲۳۴٫۵",
        "\u200f1234,50 درهم\u200e",
        "MAD 1,234.50",
        "1234,50 د.م.",
        "د.م.1234,50",
        "+1234.500",
    ],
)
def test_parse_decimal_reads_an_amount_in_any_usual_writing(written):
    assert numerals.parse_decimal(written) == Decimal("1234.50")


@pytest.mark.parametrize("written", ["10,8057", "10.8057", "١٠٫٨٠٥٧", "10.8057 DH", "10,805700"])
def test_parse_decimal_reads_a_rate_with_the_places_it_has(written):
    assert numerals.parse_decimal(written, 6) == Decimal("10.8057")


@pytest.mark.parametrize(
    ("written", "places", "number"),
    [
        ("0", 2, "0"),
        (".5", 2, "0.5"),
        ("0,05", 2, "0.05"),
        ("-3,20", 2, "-3.20"),
        ("−3.20", 2, "-3.20"),
        ("1.234.567", 2, "1234567"),
        ("1.234.567,89", 2, "1234567.89"),
        ("1 234 567", 2, "1234567"),
        ("1234.567", 3, "1234.567"),
        ("10,806", 6, "10.806"),
        ("١٬٢٣٤", 6, "1234"),
        ("12", 0, "12"),
    ],
)
def test_parse_decimal_reads_groups_signs_and_decimals(written, places, number):
    assert numerals.parse_decimal(written, places) == Decimal(number)


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "DH", "abc", "NaN", "Infinity", "-inf", "1e9", "0x10", "1_000", "½", "²", "१२", "1" * 41),
        *("12 34", "5 5,5", "5 5 DH", "1.23.4", "1,2,3.4", "1.234,567.8", "1 234.567,5", "12,"),
        *("--5", "10-5", "10%", "5 x 3"),
    ],
)
def test_parse_decimal_refuses_what_is_no_number(written):
    with pytest.raises(numerals.NotANumber):
        numerals.parse_decimal(written)


def test_parse_decimal_asks_again_when_a_number_could_be_two():
    with translation.override("fr"), pytest.raises(numerals.TwoReadings) as refusal:
        numerals.parse_decimal("1.234")

    assert refusal.value.readings == (Decimal("1234"), Decimal("1.234"))
    assert "1234" in str(refusal.value)
    assert "1,234" in str(refusal.value)


def test_parse_decimal_tells_what_it_read_when_there_are_too_many_decimals():
    with translation.override("en"), pytest.raises(numerals.TooManyDecimals) as refusal:
        numerals.parse_decimal("12.3456")

    assert str(refusal.value) == "This reads as 12.3456, with more decimals than the 2 allowed."


@pytest.mark.parametrize("written", ["123450 centimes", "123450 cts", "١٢٣٤٥٠ سنتيم"])
def test_parse_decimal_turns_hundredths_away_with_the_amount_to_write(written):
    with translation.override("en"), pytest.raises(numerals.InHundredths) as refusal:
        numerals.parse_decimal(written)

    assert refusal.value.amount == Decimal("1234.50")
    assert "1,234.50" in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "currency"), [("12 €", "MAD"), ("12 DH", "EUR"), ("$12", "EUR"), ("12 درهم", "USD")]
)
def test_parse_decimal_refuses_the_name_of_another_currency(written, currency):
    with pytest.raises(numerals.WrongUnit):
        numerals.parse_decimal(written, currency=currency)


@given(AMOUNTS, st.sampled_from(["ar", "fr", "en"]), st.sampled_from(CURRENCIES))
def test_parse_decimal_reads_back_whatever_the_shop_writes(amount, language, currency):
    assert numerals.parse_decimal(formats.money(amount, currency, language), currency=currency) == amount


@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789.,' -DH٠٫٬€"), st.characters()), max_size=60))
def test_parse_decimal_answers_any_text_with_a_number_or_a_refusal(written):
    try:
        number = numerals.parse_decimal(written)
    except numerals.NotANumber:
        return

    assert number.is_finite()
    assert number == number.quantize(Decimal("0.01"))
