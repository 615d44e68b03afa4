from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils.translation import override


def rendered(source, language="fr", **context):
    with override(language):
        return Template("{% load shop %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "text"),
    [("ar", "1.234,50\u00a0درهم"), ("fr", "1\u202f234,50\u00a0DH"), ("en", "MAD\u00a01,234.50")],
)
def test_money_is_written_in_the_page_s_language_and_isolated(language, text):
    assert rendered("{{ amount|money:'MAD' }}", language, amount=Decimal("1234.5")) == f"<bdi>{text}</bdi>"


def test_money_of_nothing_is_nothing():
    assert rendered("{{ amount|money:'MAD' }}", amount=None) == ""


def test_money_escapes_what_it_does_not_know():
    assert "<b>" not in rendered("{{ amount|money:'<b>' }}", amount=Decimal(1))


def test_day_and_moment_carry_a_machine_s_date():
    day = rendered("{{ day|day }}", "ar", day=date(2026, 11, 21))
    moment = rendered("{{ at|moment }}", at=datetime(2026, 11, 21, 9, 5, tzinfo=UTC))

    assert day == '<time datetime="2026-11-21"><bdi>21 نونبر 2026</bdi></time>'
    assert moment == '<time datetime="2026-11-21T09:05+00:00"><bdi>21 novembre 2026 à 09:05</bdi></time>'


def test_phone_reads_from_left_to_right():
    assert rendered("{{ phone|phone }}", "ar", phone="+212612345678") == '<bdi dir="ltr">06 12 34 56 78</bdi>'


@pytest.mark.parametrize(
    ("page", "offered"),
    [(1, [1, 2, None, 20]), (2, [1, 2, 3, None, 20]), (10, [1, None, 9, 10, 11, None, 20]), (20, [1, None, 19, 20])],
)
def test_page_numbers_show_the_ends_and_the_neighbours(page, offered):
    shown = rendered(
        "{% for n in page|page_numbers %}{{ n|default:'…' }} {% endfor %}", page=Paginator(range(40), 2).page(page)
    )

    assert shown.split() == [str(n or "…") for n in offered]


def test_drawing_has_a_size_and_waits_until_it_is_near():
    assert rendered("{% drawing 'amlou' variant='almond' sale_unit='jar' %}") == (
        '<img src="/drawings/amlou-jar.svg?v=almond" alt="" width="320" height="320" loading="lazy" decoding="async">'
    )


def test_icons_are_silent_and_the_pointing_ones_turn_round():
    assert 'aria-hidden="true"' in rendered("{% icon 'basket' %}")
    assert "icon--turn" in rendered("{% icon 'forward' %}")
