"""The nightly match at the office: what differs, whose it is, the way to where it is mended, letting it be."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.jobs.registry import find
from fulfilment.jobs.schedule import SCHEDULE
from fulfilment.matching.models import Cause, Difference, MatchRun
from fulfilment.orders.models import Order
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english
from tests.storefront.office.test_prices import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    sign_in(client, person)
    return person


def differ(subject="X", cause=Cause.SALE_MISSING, order: Order | None = None, **fields) -> Difference:
    now = timezone.now()
    values = {"expected": 100, "found": 0, "unit": "MAD", "since": now - timedelta(days=3)} | fields
    return Difference.objects.create(
        cause=cause, subject=subject, order=order, first_found_at=now, last_found_at=now, **values
    )


def press(client, one, name, **data):
    return text_of(client.post(english("match-step", one.pk, name), data, follow=True))


def test_a_difference_shows_cause_owner_age_and_the_way_to_its_order(client, finance):
    order = make_held_order()
    differ(order.number, order=order)
    page = client.get(english("match"))

    seen = text_of(page)
    assert "money came in and no sale is in the ledger" in seen
    assert "for 3 days" in seen
    assert re.search(r"Desk\s?:\s+finance", seen)
    assert english("order", order.number) in page.content.decode()


def test_each_cause_has_a_page_where_it_is_mended(client):
    sign_in(client, make_staff("director"))
    order = make_held_order()
    (parcel, *_rest) = open_parcels(order)
    for cause in Cause:
        differ(parcel.reference, cause, order)
    page = client.get(english("match")).content.decode()

    assert page.count("Go to where it is mended") == len(Cause)


def test_finance_takes_one_up_and_lets_it_be_with_a_reason(client, finance):
    one = differ()

    assert "You see to this difference now." in press(client, one, "take")
    assert "Write in a few words why." in press(client, one, "accept", note="")
    assert "Accepted." in press(client, one, "accept", note="a centime of the bank")
    assert "nothing was changed" in press(client, one, "take")
    one.refresh_from_db()
    assert (one.owner, one.accepted_by) == (finance, finance)
    assert "a centime of the bank" in text_of(client.get(english("match") + "?state=accepted"))


def test_a_proof_of_exit_is_not_waived(client, finance):
    one = differ("T1-1", Cause.EXPORT_UNPROVED)

    assert "Let it be" not in text_of(client.get(english("match")))
    assert "This is not done without" in press(client, one, "accept", note="it left")


def test_logistics_sees_to_it_and_accepts_nothing(client):
    sign_in(client, make_staff("logistics"))
    one = differ(cause=Cause.MOVEMENT_MISSING, unit="pieces")

    assert "You see to this difference now." in press(client, one, "take")
    assert client.post(english("match-step", one.pk, "accept"), {"note": "x"}).status_code == 403
    assert client.post(english("match-run")).status_code == 403


@pytest.mark.parametrize("group", ["support", "catalogue"])
def test_nobody_else_opens_it(client, group):
    sign_in(client, make_staff(group))

    assert client.get(english("match")).status_code == 403
    assert client.post(english("match-step", differ().pk, "take")).status_code == 403


def test_it_is_compared_on_demand_and_each_night(client, finance, run_jobs):
    assert "Compared: 0 differences." in text_of(client.post(english("match-run"), follow=True))
    assert MatchRun.objects.count() == 1
    find(SCHEDULE["match-four-ways"]["task"]).function()
    assert MatchRun.objects.count() == 2


def test_what_is_not_there_is_not_there(client, finance):
    assert client.post(english("match-step", 999, "take")).status_code == 404
    assert client.post(english("match-step", differ().pk, "steal")).status_code == 404
    assert client.get(english("match") + "?state=%00&cause=nothing&page=x").status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_page_opens_in_each_language(client, finance, language):
    differ()

    assert client.get(english("match").replace("/en/", f"/{language}/")).status_code == 200


def test_as_many_questions_for_one_difference_as_for_three(client, finance):
    client.get(english("match"))  # who is asking is read once
    counts = []
    for _ in range(3):
        order = make_held_order()
        differ(order.number, order=order)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(english("match")).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[2]
