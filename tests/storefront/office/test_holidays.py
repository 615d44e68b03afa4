"""The office writes days off; what is wrong is said beside its field and nothing is written."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from catalogue.places import operations, queries
from catalogue.places.models import Holiday
from tests.factories.people import make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    queries.forget()
    yield
    queries.forget()


def path(name="holidays", *args):
    return "/en" + reverse(f"office:{name}", args=args)[3:]


def eid(**changes):
    return {"feast": "fitr", "first_day": "2027-03-10", "until": "2027-03-12", "note": "Habous"} | changes


def write(**fields):
    values = {"feast": "fitr", "first_day": date(2027, 3, 10), "until": date(2027, 3, 12)}
    return operations.write_holiday(now=timezone.now(), today=date(2026, 11, 20), **values | fields)


@pytest.fixture
def logistics(client):
    return sign_in(client, make_staff("logistics"))


def test_logistics_writes_a_feast(logistics):
    page = logistics.post(path(), eid(expected="on"), follow=True).content.decode()

    feast = Holiday.objects.get()
    assert (feast.first_day, feast.until, feast.expected) == (date(2027, 3, 10), date(2027, 3, 12), True)
    assert feast.written_by
    assert "Eid al-Fitr" in page
    assert "expected" in page


def test_an_overlap_is_named_beside_the_day_and_nothing_is_written(logistics):
    write()

    answer = logistics.post(path(), eid(feast="other", first_day="2027-03-11"))

    assert answer.status_code == 422
    assert "Eid al-Fitr" in answer.context["form"].errors["first_day"][0]
    assert Holiday.objects.count() == 1


@pytest.mark.parametrize(
    "changes", [{"first_day": "2020-01-01"}, {"until": "2027-03-10"}, {"until": "soon"}, {"feast": "x"}]
)
def test_what_cannot_be_is_refused(logistics, changes):
    assert logistics.post(path(), eid(**changes)).status_code == 422
    assert not Holiday.objects.exists()


def test_a_feast_is_moved_from_its_row(logistics):
    feast = write(expected=True)
    shown = logistics.get(f"{path()}?moves={feast.pk}").content.decode()

    logistics.post(f"{path()}?moves={feast.pk}", eid(first_day="2027-03-11", until="2027-03-13"))

    assert 'value="2027-03-10"' in shown
    assert Holiday.objects.get().first_day == date(2027, 3, 11)


def test_a_feast_is_taken_back_once(logistics):
    feast = write()

    assert logistics.post(path("holiday-remove", feast.pk)).status_code == 302
    assert logistics.post(path("holiday-remove", feast.pk)).status_code == 404


def test_others_do_not_see_the_page(client):
    sign_in(client, make_staff("finance"))

    assert client.get(path()).status_code == 403
    assert client.post(path(), eid()).status_code == 403


def test_the_page_asks_as_often_for_three_as_for_one(logistics, django_assert_max_num_queries):
    write()
    with django_assert_max_num_queries(12) as one:
        logistics.get(path())
    write(feast="adha", first_day=date(2027, 5, 17), until=date(2027, 5, 20))
    write(feast="other", first_day=date(2027, 6, 17), until=date(2027, 6, 18))

    with django_assert_max_num_queries(len(one)):
        logistics.get(path())
