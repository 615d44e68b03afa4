"""A breakdown in words and as a bar."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.orders.breakdown import DELIVERY, PARTS, STAMP, Share, Sold, break_down
from storefront.breakdown.tables import table_of
from storefront.breakdown.words import MEANINGS, NAMES
from tests.support.breakdowns import Taken

CSS = settings.BASE_DIR / "storefront" / "static" / "css" / "components" / "breakdown.css"


def unit(**amounts):
    return {part: Decimal(amount) for part, amount in amounts.items()}


def sold(name="Atlas", quantity=1, discounts=(), **amounts):
    return Sold(name, quantity, unit(**amounts), discounts)


def test_one_cooperative_needs_no_name_and_several_have_theirs():
    alone = table_of(break_down([sold(cooperative="8.00", office="2.00")], currency="MAD"))
    both = table_of(break_down([sold(cooperative="8.00"), sold("Souss", cooperative="2.00")], currency="MAD"))

    assert [(row.cooperative, row.percent) for row in alone.rows] == [("", 80), ("", 20)]
    assert [(row.cooperative, row.percent) for row in both.rows] == [("Atlas", 80), ("Souss", 20)]
    assert (alone.cooperative_percent, both.cooperative_percent) == (80, 100)


def test_an_office_below_nothing_gives_and_has_no_stretch_of_the_bar():
    discount = Taken(Decimal("5.00"), Decimal("0.00"))

    with override("en"):
        table = table_of(break_down([sold(discounts=(discount,), cooperative="8.00", office="2.00")], currency="MAD"))

    assert [(row.label, row.amount, row.percent) for row in table.rows] == [
        ("To the cooperative", Decimal("8.00"), 100),
        ("Given by the office out of its own", Decimal("-3.00"), 0),
    ]
    assert [(segment.part, segment.start, segment.end) for segment in table.segments] == [("cooperative", "0", "100")]


def test_a_gift_of_everything_draws_nothing_it_cannot():
    discount = Taken(Decimal("2.00"), Decimal("0.00"))

    table = table_of(break_down([sold(discounts=(discount,), office="2.00")], currency="MAD"))

    assert (table.rows, table.segments, table.total) == ((), [], Decimal("0.00"))


@given(st.dictionaries(st.sampled_from(PARTS), st.decimals(min_value="0.01", max_value=10**5, places=2), min_size=1))
def test_the_bar_is_full_and_every_stretch_begins_where_the_last_ends(amounts):
    table = table_of(break_down([Sold("Atlas", 1, amounts)], currency="EUR"))

    edges = [(segment.start, segment.end) for segment in table.segments]
    assert (edges[0][0], edges[-1][1]) == ("0", "100")
    assert all(before[1] == after[0] for before, after in pairwise(edges))
    assert [segment.part for segment in table.segments] == [row.part for row in table.rows]
    assert sum(row.percent for row in table.rows) == 100


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_picture_has_a_name_and_says_every_share_in_the_language(language):
    with override(language):
        table = table_of(break_down([sold(cooperative="8.00", office="1.50", tax="0.50")], currency="MAD"))
        html = render_to_string("components/breakdown.html", {"table": table, "caption": "", "last": "Price"})
        names = [str(NAMES[part]) for part in ("cooperative", "office", "tax")]

    picture = re.search(r'<svg class="shares" role="img"><title>([^<]+)</title><desc>([^<]+)</desc>(.*?)</svg>', html)
    assert [name in picture[2] for name in names] == [True] * 3
    assert re.findall(r"[0-9]+", picture[2]) == ["80", "15", "5"]
    assert re.findall(r'<line class="part--(\w+)"', picture[3]) == ["cooperative", "office", "tax"]
    assert "style=" not in html


def test_a_name_is_escaped_and_isolated():
    table = table_of(break_down([sold("<b>", cooperative="1.00"), sold("Souss", cooperative="1.00")], currency="MAD"))

    html = render_to_string("components/breakdown.html", {"table": table, "caption": "", "last": "Price"})

    assert "<bdi>&lt;b&gt;</bdi>" in html
    assert "<b>" not in html


def test_every_part_has_a_name_a_meaning_and_an_ink_and_rhythm_of_its_own():
    looks = re.findall(r"\.part--(\w+) \{ --ink: (.*?); --on: (.*?); --off: (.*?); \}", CSS.read_text())

    assert [name for name, *_look in looks] == [*PARTS, DELIVERY, STAMP] == list(NAMES) == list(MEANINGS)
    assert len({ink for _name, ink, _on, _off in looks}) == len({(on, off) for *_, on, off in looks}) == len(looks)


def test_what_was_taken_off_says_who_bears_it():
    discount = Taken(Decimal("2.00"), Decimal("0.50"), Decimal("1.00"))

    table = table_of(
        break_down([sold(discounts=(discount,), cooperative="8.00", office="4.00", tax="1.00")], currency="MAD")
    )

    assert table.discount == Decimal("2.00")
    assert [Share(row.part, row.amount) for row in table.borne] == [
        Share("cooperative", Decimal("1.00")),
        Share("office", Decimal("0.50")),
        Share("tax", Decimal("0.50")),
    ]
