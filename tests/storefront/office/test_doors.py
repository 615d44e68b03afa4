"""The office and its drivers: passes, PINs shown once, what drivers wrote and who may see it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfilment.rounds import operations
from fulfilment.rounds.models import DoorReport, Driver, ReportClosed
from tests.factories.drivers import make_courier, make_driver, photo, say
from tests.factories.parcels import make_held_order, move_to, open_parcels
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
NEW = {"name": "Hamid", "phone": "0740000188", "language": "ar", "from_day": "2026-11-20", "to_day": "2027-02-17"}
SHOWN = re.compile(r'<bdi dir="ltr"><strong>(\d{6})</strong></bdi>')


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def wrong(courier):
    """A report whose cash is not what was due, with a photo."""
    parcel = move_to(open_parcels(make_held_order())[0], "HANDED_OVER")
    return say(make_driver(courier), parcel, cash_mad=Decimal("50.00"), photo=photo())


def test_a_pass_is_made_its_pin_shown_once_and_never_kept(client, courier):
    sign_in(client, make_staff("logistics"))

    page = client.post(english("drivers"), NEW | {"courier": courier.pk})
    pin = SHOWN.search(page.content.decode())[1]

    driver = operations.check_pin(phone="+212740000188", pin=pin, now=timezone.now())
    assert (driver.courier, driver.language, f"{driver.valid_until}") == (courier, "ar", "2027-02-18")
    assert "no-cache" in page["Cache-Control"]
    assert pin not in client.get(english("drivers")).content.decode()
    assert pin not in str(Driver.objects.values().get())


@pytest.mark.parametrize("wrong", [{"phone": "abc"}, {"courier": 0}, {"to_day": "2026-11-01"}, {"name": "\u202e"}])
def test_half_a_pass_is_asked_again(client, courier, wrong):
    sign_in(client, make_staff("logistics"))

    answer = client.post(english("drivers"), NEW | {"courier": courier.pk} | wrong)

    assert (answer.status_code, Driver.objects.exists()) == (422, False)


def test_a_number_that_another_driver_has_is_refused(client, courier):
    driver = make_driver(courier)
    sign_in(client, make_staff("logistics"))

    answer = client.post(english("drivers"), NEW | {"courier": courier.pk, "phone": driver.phone})

    assert (answer.status_code, Driver.objects.count()) == (422, 1)


def test_a_new_pin_and_the_end_of_a_pass(client, courier):
    driver = make_driver(courier)
    sign_in(client, make_staff("logistics"))

    pin = SHOWN.search(client.post(english("driver-pin", driver.pk)).content.decode())[1]
    assert operations.check_pin(phone=driver.phone, pin=pin, now=timezone.now()) == driver
    client.post(english("driver-end", driver.pk))

    driver.refresh_from_db()
    assert (driver.is_active, driver.ended_by.is_staff) == (False, True)
    assert client.post(english("driver-pin", driver.pk)).status_code == 404
    assert client.post(english("driver-end", 0)).status_code == 404


@pytest.mark.parametrize("group", ["support", "finance", "catalogue"])
def test_passes_are_for_logistics_alone(client, courier, group):
    driver = make_driver(courier)
    sign_in(client, make_staff(group))
    posts = [english("drivers"), english("driver-pin", driver.pk), english("driver-end", driver.pk)]

    assert {client.post(url, NEW).status_code for url in posts} == {403}


def test_a_difference_waits_with_its_age_until_a_person_closes_it(client, wrong, clock):
    clock.shift(3 * 24 * 3600)
    sign_in(client, make_staff("finance"))
    page = client.get(english("door-reports")).content.decode()
    close = english("door-close", wrong.pk)

    assert ("for 3 days" in page, "apart" in page) == (True, True)
    assert client.post(close, {"note": " "}).status_code == 422
    for _time in range(2):
        client.post(close, {"note": "The rest came today"}, follow=True)

    assert ReportClosed.objects.get().note == "The rest came today"
    assert "Nothing waits." in client.get(english("door-reports")).content.decode()


def test_support_reads_what_drivers_wrote_and_closes_nothing(client, wrong):
    sign_in(client, make_staff("support"))

    page = client.get(english("consignment", wrong.consignment.reference)).content.decode()

    assert ("Si Ahmed" in page, english("door-photo", wrong.pk) in page) == (True, True)
    assert client.post(english("door-close", wrong.pk), {"note": "x"}).status_code == 403


def test_a_photo_is_served_as_a_photo_to_whom_it_belongs(client, wrong):
    url = english("door-photo", wrong.pk)
    assert client.get(url).status_code == 302
    sign_in(client, make_staff("support"))

    answer = client.get(url)

    assert answer.content == photo().content
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(english("door-photo", 0)).status_code == 404
    sign_in(client, make_staff("catalogue"))
    assert client.get(url).status_code == 403


def test_lists_ask_the_same_for_one_row_and_for_three(client, courier):
    sign_in(client, make_staff("director"))
    counts = []
    for more in (1, 2):
        for _time in range(more):
            parcels = open_parcels(make_held_order())
            driver = make_driver(courier)
            say(driver, move_to(parcels[0], "HANDED_OVER"), cash_mad=Decimal("50.00"))
            say(driver, move_to(parcels[1], "HANDED_OVER"), "absent")
        asked = []
        for name in ("drivers", "door-reports"):
            client.get(english(name))
            with CaptureQueriesContext(connection) as captured:
                client.get(english(name))
            asked.append(len(captured))
        counts.append(asked)

    assert DoorReport.objects.count() == 6
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_pages_open_in_each_language(client, wrong, language):
    sign_in(client, make_staff("director"))

    for name in ("drivers", "door-reports"):
        assert client.get(f"/{language}{english(name)[3:]}").status_code == 200
