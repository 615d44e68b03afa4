"""What people and machines type into a search box."""

import pytest

from catalogue.search import policies
from catalogue.search.queries import search
from tests.factories.catalogue import make_product

pytestmark = pytest.mark.django_db

WEIRD = [
    "",
    " ",
    "....!؟،",
    "x" * 10_000,
    "عسل " * 2_500,
    "\x00\x01\x1f",
    "\u202e\u200f\u2066",
    "& | ! <-> :* (",
    "' OR 1=1 --",
    "%s %(q)s {} \\",
    "<script>alert(1)</script>",
    "🍯",
    "ⵜⴰⵎⵎⵏⵜ",
    "\ud800",
]


@pytest.mark.parametrize("typed", WEIRD)
def test_search_answers_whatever_is_typed(typed):
    make_product(title="Miel de thym")

    assert search(typed, "fr").product_ids == []


def test_tidy_keeps_eight_words_on_one_line():
    assert policies.tidy("un\ndeux\ttrois 4 5 6 7 8 9") == "un deux trois 4 5 6 7 8"


def test_tidy_drops_what_cannot_be_seen():
    assert policies.tidy("\u202eعس\u200fل\x00") == "عسل"
