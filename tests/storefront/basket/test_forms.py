"""How many, in any writing."""

import pytest
from django.utils.translation import override

from storefront.basket.forms import AddForm, LineForm


@pytest.mark.parametrize(
    ("written", "quantity"), [("3", 3), ("٣", 3), ("۳", 3), (" 12 ", 12), ("\u200f٣", 3), ("+2", 2), ("007", 7)]
)
def test_a_quantity_is_read_in_any_digits(written, quantity):
    form = AddForm({"quantity": written})

    assert form.is_valid()
    assert form.cleaned_data["quantity"] == quantity


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("0", "Take at least one."),
        ("-1", "Take at least one."),
        ("1e9", "Write a whole number, such as 2."),
        ("1000000000", "That is more than we can send in one order."),
        ("99999999999999999999", "Write a whole number, such as 2."),
        ("abc", "Write a whole number, such as 2."),
        ("2.5", "Write a whole number, such as 2."),
        ("", "Write how many you would like."),
    ],
)
def test_a_wrong_quantity_is_refused_in_kind_words(written, words):
    form = AddForm({"quantity": written})

    with override("en"):
        assert form.errors["quantity"] == [words]


def test_a_line_may_be_taken_out_with_none():
    assert LineForm({"quantity": "٠"}).is_valid()
