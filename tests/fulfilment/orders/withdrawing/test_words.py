"""What a buyer is told before ordering."""

import pytest
from django.utils import translation

from fulfilment.orders.withdrawing.models import WithdrawalPeriod
from fulfilment.orders.withdrawing.words import promise, promises


def row_of(days, excluded="", *, unopened_only=False):
    return WithdrawalPeriod(days=days, excluded=excluded, unopened_only=unopened_only)


SEALED, ORDINARY, CHEESE = row_of(7, unopened_only=True), row_of(14), row_of(0, "spoils")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ORDINARY, "You can send it back within 14 days of receiving it."),
        (SEALED, "You can send it back unopened within 7 days of receiving it."),
        (row_of(1), "You can send it back within 1 day of receiving it."),
        (CHEESE, "Cannot be sent back: it spoils quickly."),
        (row_of(0, "health"), "Cannot be sent back, for reasons of health."),
    ],
)
def test_one_thing(row, said):
    assert promise(row) == said


def test_of_several_things_each_sentence_is_said_once():
    assert promises([("Honey", SEALED), ("Jam", SEALED)]) == [
        promise(SEALED),
        "What sending it back costs is yours to pay.",
    ]
    assert promises([("Honey", SEALED), ("Jben", CHEESE), ("Jam", SEALED)]) == [
        "\u2068Honey\u2069, \u2068Jam\u2069: You can send it back unopened within 7 days of receiving it.",
        "\u2068Jben\u2069: Cannot be sent back: it spoils quickly.",
        "What sending it back costs is yours to pay.",
    ]
    assert promises([("Jben", CHEESE)]) == ["Cannot be sent back: it spoils quickly."]
    assert promises([]) == []
