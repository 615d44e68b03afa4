"""Exchange rates at the office: seen, typed, accepted and refused by right, in any digits."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.places.queries import closed_days
from catalogue.pricing import queries
from catalogue.pricing.models import ExchangeRate, OldRateApproval
from storefront.office.chart import draw_curve
from tests.factories.people import make_staff, sign_in
from tests.factories.rates import FRIDAY, make_rate
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
State = ExchangeRate.State
THURSDAY = FRIDAY - timedelta(days=1)


@pytest.fixture
def thursday():
    return make_rate("10.80", day=THURSDAY), make_rate("9.30", currency="USD", day=THURSDAY)


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def type_rate(client, value="10.8057", **cells):
    data = {"currency": "EUR", "day": "2026-11-20", "mad_per_unit": value} | cells
    return client.post(english("rates"), data)


@pytest.mark.parametrize("typed", ["10,8057", "10.8057", "١٠٫٨٠٥٧", "10,8057 DH", " 10.805700 ", "۱۰٫۸۰۵۷ درهم"])
def test_a_rate_is_typed_in_any_usual_way(client, thursday, finance, typed):
    answer = type_rate(client, typed)

    rate = ExchangeRate.objects.get(day=FRIDAY)
    assert (answer.status_code, rate.mad_per_unit, rate.state) == (302, Decimal("10.805700"), State.ACCEPTED)
    assert (rate.recorded_by, rate.source) == (finance, "office")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"value": "0"}, "mad_per_unit"),
        ({"value": "-10.80"}, "mad_per_unit"),
        ({"value": "NaN"}, "mad_per_unit"),
        ({"value": "1e9"}, "mad_per_unit"),
        ({"value": "1000000000"}, "mad_per_unit"),
        ({"value": "1.234,50"}, "mad_per_unit"),
        ({"value": "1080 centimes"}, "mad_per_unit"),
        ({"value": "10,80 €"}, "mad_per_unit"),
        ({"value": "10.12345678"}, "mad_per_unit"),
        ({"value": ""}, "mad_per_unit"),
        ({"value": "9" * 500}, "mad_per_unit"),
        ({"value": "10\0"}, "mad_per_unit"),
        ({"day": "2026-11-21"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "yesterday"}, "day"),
        ({"currency": "MAD"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": ""}, "currency"),
    ],
)
def test_a_wrong_rate_is_told_beside_its_field_and_nothing_is_kept(client, thursday, finance, cells, field):
    answer = type_rate(client, **cells)

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (200, [field])
    assert 'class="field__error"' in answer.content.decode()
    assert ExchangeRate.objects.count() == 2


def test_an_unusual_rate_waits_and_another_person_accepts_it(client, thursday, finance):
    type_rate(client, "12.00")
    rate = ExchangeRate.objects.get(day=FRIDAY)
    own = client.post(english("decide-rate", rate.pk), {"answer": "accept", "note": "I am sure"})
    rate.refresh_from_db()
    assert (rate.state, [message.level_tag for message in get_messages(own.wsgi_request)][-1]) == (
        State.WAITING,
        "error",
    )

    director = make_staff("director")
    sign_in(client, director)
    client.post(english("decide-rate", rate.pk), {"answer": "accept", "note": " as the bank\u200f  says "})

    rate.refresh_from_db()
    assert (rate.state, rate.decided_by, rate.note) == (State.ACCEPTED, director, "as the bank says")
    assert queries.in_force(FRIDAY)[0] == rate


def test_the_typist_is_offered_no_button_to_accept(client, thursday, finance):
    type_rate(client, "12.00")

    own = client.get(english("rates")).content.decode()
    sign_in(client, make_staff("director"))
    others = client.get(english("rates")).content.decode()

    assert ('value="accept"' in own, 'value="refuse"' in own) == (False, True)
    assert ('value="accept"' in others, 'value="refuse"' in others) == (True, True)


def test_what_waits_shows_old_and_new_value_the_change_and_why(client, thursday, finance):
    make_rate("12.00", state=State.WAITING, compared_with=Decimal("10.80"))

    page = client.get(english("rates")).content.decode()

    for words in ("10.8000", "12.0000", "\u200e+11.11%", "It moved more than a rate usually does."):
        assert words in page


def test_a_refused_rate_is_kept_with_the_reason(client, thursday, finance):
    rate = make_rate("12.00", state=State.WAITING)

    client.post(english("decide-rate", rate.pk), {"answer": "refuse", "note": "a slip"})

    rate.refresh_from_db()
    assert (rate.state, rate.decided_by, rate.note) == (State.REFUSED, finance, "a slip")
    assert "a slip" in client.get(english("rates")).content.decode()


@pytest.mark.parametrize("note", ["", "  ", "\u200f", "x" * 201])
def test_a_decision_without_a_reason_changes_nothing(client, finance, note):
    rate = make_rate("12.00", state=State.WAITING)

    answer = client.post(english("decide-rate", rate.pk), {"answer": "accept", "note": note})

    rate.refresh_from_db()
    assert (answer.status_code, rate.state) == (302, State.WAITING)


def test_a_rate_that_someone_else_decided_is_told(client, finance):
    rate = make_rate("12.00", state=State.REFUSED)

    answer = client.post(english("decide-rate", rate.pk), {"answer": "accept", "note": "late"}, follow=True)

    assert "does not wait any more" in answer.content.decode()


def test_what_is_no_decision_is_not_there(client, finance):
    rate = make_rate("12.00", state=State.WAITING)

    answers = [
        client.post(english("decide-rate", rate.pk), {"answer": "keep", "note": "x"}),
        client.post(english("decide-rate", 0), {"answer": "accept", "note": "x"}),
        client.get(english("decide-rate", rate.pk)),
        client.get(english("accept-old-rates")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 405, 405]


@pytest.mark.parametrize("group", ["support", "logistics", "catalogue"])
def test_others_neither_see_nor_decide_rates(client, group):
    rate = make_rate("12.00", state=State.WAITING)
    sign_in(client, make_staff(group))

    answers = [
        client.get(english("rates")),
        type_rate(client),
        client.post(english("decide-rate", rate.pk), {"answer": "accept", "note": "x"}),
        client.post(english("accept-old-rates"), {"note": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "/office/rates/" not in client.get(english("home")).content.decode()


def test_old_rates_are_accepted_for_a_day_with_the_reason(client, finance):
    old = make_rate("10.80", day=date(2026, 11, 2)), make_rate("9.30", currency="USD", day=date(2026, 11, 2))
    assert "Too old to make prices with" in client.get(english("rates")).content.decode()

    client.post(english("accept-old-rates"), {"note": "the bank's service is down"})

    kept = OldRateApproval.objects.order_by("pk").values_list("rate", "day", "approved_by", "note")
    assert list(kept) == [(rate.pk, FRIDAY, finance.pk, "the bank's service is down") for rate in old]
    assert "Too old to make prices with" not in client.get(english("rates")).content.decode()


@pytest.mark.parametrize("note", ["", "there is none"])
def test_nothing_old_is_accepted_without_a_reason_or_without_rates(client, finance, note):
    answer = client.post(english("accept-old-rates"), {"note": note})

    assert (answer.status_code, OldRateApproval.objects.count()) == (302, 0)


def test_the_page_says_when_there_are_no_rates_yet(client, finance):
    assert client.get(english("rates")).content.decode().count("No rate yet.") == 2


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_page_draws_the_last_months_in_every_language(client, finance, language):
    for days in range(40):
        make_rate(f"10.{80 + days % 7}", day=FRIDAY - timedelta(days=days))

    page = client.get(f"/{language}/office/rates/").content.decode()

    assert page.count("<polyline") == 1
    assert page.count('<th scope="row" class="nowrap">') == 10


def test_the_page_asks_the_same_for_one_rate_and_for_many(client, finance, django_assert_num_queries):
    def one_more(number):
        day = FRIDAY - timedelta(days=number)
        make_rate("10.80", day=day)
        make_rate("9.30", currency="USD", day=day)
        make_rate(f"12.0{number}", day=day, state=State.WAITING, recorded_by=make_staff("finance"))
        make_rate(f"13.0{number}", day=day, state=State.REFUSED)

    one_more(1)
    client.get(english("rates"))
    with CaptureQueriesContext(connection) as first:
        client.get(english("rates"))
    for number in (2, 3):
        one_more(number)

    with django_assert_num_queries(len(first)):
        client.get(english("rates"))
    assert len(first) <= 12


def test_home_counts_what_waits_and_names_what_is_too_old(client, finance):
    make_rate("10.80", day=THURSDAY)
    make_rate("9.30", currency="USD", day=date(2026, 11, 2))
    for value in ("12.00", "13.00"):
        make_rate(value, state=State.WAITING)

    page = client.get(english("home"))

    assert (page.context["rates"].waiting, page.context["rates"].too_old) == (2, ("USD",))
    assert 'href="/en/office/rates/">Exchange rates to decide' in page.content.decode()


def test_attention_is_drawn_to_a_currency_that_has_no_rate(django_assert_num_queries):
    make_rate("10.80")
    closed_days()

    with django_assert_num_queries(1):
        found = queries.attention(timezone.localdate())

    assert (found.waiting, found.too_old) == (0, ("USD",))


def test_draw_curve_needs_two_days_and_holds_a_flat_line():
    one = [(FRIDAY, Decimal(10))]
    flat = [(THURSDAY, Decimal(10)), *one]

    assert draw_curve([]) is draw_curve(one) is None
    assert draw_curve(flat).lowest_y == draw_curve(flat).highest_y == draw_curve(flat).last_y


def test_draw_curve_goes_from_the_lowest_to_the_highest():
    days = [FRIDAY + timedelta(days=number) for number in range(3)]

    curve = draw_curve(list(zip(days, map(Decimal, (10, 12, 11)), strict=True)))

    assert curve.points == "0,88 178,20 356,54"
    assert (curve.lowest, curve.highest, curve.first, curve.last) == (10, 12, days[0], days[2])
