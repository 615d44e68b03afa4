"""The driver's pages without script: who may open them, what they say and never say, what posting does."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fulfilment.orders.models import Order
from fulfilment.rounds import links, operations
from fulfilment.rounds.models import DoorPhoto, DoorReport
from fulfilment.warehouse import operations as warehouse
from tests.factories.drivers import PIN, jpeg, make_courier, make_driver
from tests.factories.orders import open_deliveries, place_order, stock
from tests.factories.parcels import make_held_order, move_to, open_parcels

pytestmark = pytest.mark.django_db
WHOSE = ("Fatima Zahra", "+212612345678", "Douar Ouled Ali", "155")


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def driver(courier):
    return make_driver(courier, language="en")


@pytest.fixture
def parcel(courier, run_jobs):
    open_deliveries()
    order = place_order((stock("120.00"), 1), email="fatima@example.com")
    run_jobs()
    return move_to(order.consignments.get(), "HANDED_OVER")


def sign_in(client, driver, pin=PIN, onwards=""):
    return client.post("/d/sign-in/", {"phone": driver.phone, "pin": pin, "next": onwards, "language": "en"})


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


def says_nothing_of_the_door(answer):
    page = answer.content.decode()
    return not any(word in page for word in WHOSE)


def form_for(parcel, **fields):
    return {"key": str(uuid.uuid4()), "outcome": "delivered", "received_by": "Si Ahmed", "cash": "155"} | fields


def post(client, parcel, **fields):
    return client.post(f"{links.parcel_path(parcel)}report/", form_for(parcel, **fields))


def send(client, parcel, **fields):
    """Post as the script does."""
    return client.post(
        f"{links.parcel_path(parcel)}report/", form_for(parcel, **fields), headers={"Accept": "application/json"}
    )


def test_the_label_opens_only_after_the_pin(client, driver, parcel):
    url = links.parcel_path(parcel)

    asked = client.get(url)
    opened = sign_in(client, driver, "٤٧١١٠٠", onwards=url)
    page = client.get(url)

    assert (asked.status_code, says_nothing_of_the_door(asked)) == (200, True)
    assert (opened.status_code, opened.url) == (302, url)
    said = text_of(page)
    for word in ("Fatima Zahra", "Douar Ouled Ali", "MAD 155.00"):
        assert word in said
    assert 'href="tel:+212612345678"' in page.content.decode()
    line = parcel.lines.get().order_line
    for never in ("fatima@example.com", line.title, line.partner_sku, line.partner_name):
        assert never not in page.content.decode()


def test_the_address_of_a_label_names_nobody(parcel):
    url = links.parcel_url(parcel)

    assert url.startswith(f"http://127.0.0.1:8000/d/{parcel.reference}.")
    assert url.count(".") == 5  # three of the host, two of the seal: parcel, time, signature


def test_signing_in_leads_to_no_other_place(client, driver):
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/d/", "/fr/office/", "/d/\\@elsewhere.example"):
        assert sign_in(Client(), driver, onwards=elsewhere).url.startswith("/d/")


def test_a_driver_s_pin_signs_in_to_nothing_else(client, driver, parcel):
    sign_in(client, driver)

    assert client.cookies["driver"]["path"] == "/d/"
    assert client.get("/en/accounts/orders/").status_code == 302
    assert client.get("/en/office/").status_code == 302


def test_five_wrong_pins_close_the_number_and_a_stranger_hears_as_much(client, driver):
    answers = [sign_in(client, driver, "000000") for _time in range(5)]
    right = sign_in(client, driver)

    assert {answer.status_code for answer in [*answers, right]} == {422}
    assert "The number or the PIN is wrong." in text_of(answers[0])
    assert "closed until" in text_of(right)
    assert "driver" not in client.cookies


def test_too_many_tries_are_not_looked_at(client, driver):
    codes = [client.post("/d/sign-in/", {"phone": "0740099999", "pin": "1111"}).status_code for _time in range(11)]

    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (lambda url: url.replace(".", "x."), 404, "not one of our labels"),
        (lambda url: url[:-2] + ("A/" if url[-2] != "A" else "B/"), 404, "not one of our labels"),
        (lambda url: "/d/nonsense/", 404, "not one of our labels"),
    ],
)
def test_a_code_that_is_none_of_ours_says_so(client, driver, parcel, change, status, words):
    sign_in(client, driver)

    answer = client.get(change(links.parcel_path(parcel)))

    assert (answer.status_code, words in text_of(answer), says_nothing_of_the_door(answer)) == (status, True, True)


def test_an_expired_label_opens_nothing(client, driver, parcel, clock):
    url = links.parcel_path(parcel)
    clock.shift(timedelta(days=31))
    operations.give_pin(
        driver_id=driver.pk, pin=PIN, valid_until=timezone.now().date() + timedelta(days=9), now=timezone.now()
    )
    sign_in(client, driver)

    answer = client.get(url)

    assert (answer.status_code, says_nothing_of_the_door(answer)) == (410, True)
    assert "too old" in text_of(answer)
    assert client.get(links.parcel_path(parcel)).status_code == 200  # from the list of the round it still opens


def test_a_parcel_of_another_courier_is_not_shown(client, driver, parcel):
    stranger = make_driver(make_courier("partner"), language="en")
    sign_in(client, stranger)

    answer = client.get(links.parcel_path(parcel))

    assert (answer.status_code, says_nothing_of_the_door(answer)) == (403, True)
    assert "not in your round" in text_of(answer)
    assert parcel.reference not in text_of(client.get("/d/"))


def test_a_pass_that_ended_shows_nothing_at_once(client, driver, parcel):
    sign_in(client, driver)
    operations.end_driver(driver_id=driver.pk, by=None, now=timezone.now())

    for url in ("/d/", links.parcel_path(parcel)):
        answer = client.get(url)
        assert (answer.status_code, says_nothing_of_the_door(answer)) == (403, True)
        assert "Your pass is over" in text_of(answer)


def test_what_happened_before_a_pass_ended_is_kept_for_the_office(client, driver, parcel):
    sign_in(client, driver)
    operations.end_driver(driver_id=driver.pk, by=None, now=timezone.now())

    answer = send(client, parcel)

    assert (answer.status_code, answer.json()["level"]) == (200, "warning")
    assert DoorReport.objects.get().problem == "pass_ended"


def test_a_new_pin_ends_the_phones_signed_in_with_the_old_one(client, driver, parcel):
    sign_in(client, driver)
    operations.give_pin(driver_id=driver.pk, pin="1234", valid_until=driver.valid_until, now=timezone.now())

    assert says_nothing_of_the_door(client.get(links.parcel_path(parcel)))
    assert send(client, parcel).status_code == 401
    assert not DoorReport.objects.exists()


def test_twelve_hours_later_the_pin_is_asked_again(client, driver, parcel, clock):
    sign_in(client, driver)
    clock.shift(timedelta(hours=12, minutes=1))

    assert says_nothing_of_the_door(client.get(links.parcel_path(parcel)))
    assert client.get("/d/me/").status_code == 401


def test_delivered_by_a_plain_form_with_a_photo(client, driver, parcel):
    sign_in(client, driver)
    door = SimpleUploadedFile("door.png", jpeg(), content_type="text/html")

    answer = post(client, parcel, received_by="", photo=door, cash="١٥٥,٠٠")
    page = client.get(answer.url)

    parcel.refresh_from_db()
    assert parcel.state == "DELIVERED"
    assert DoorPhoto.objects.get().report.received_by == ""
    assert (says_nothing_of_the_door(page), "Delivered" in text_of(page), "Hamid" in text_of(page)) == (True,) * 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"received_by": ""}, "Write who took it in, or take a photo."),
        ({"cash": ""}, "Say how much you were given"),
        ({"cash": "-5"}, "No driver collects such an amount"),
        ({"cash": "999999"}, "No driver collects such an amount"),
        ({"photo": SimpleUploadedFile("door.jpg", b"<svg onload=alert(1)>")}, "not a photo"),
        ({"outcome": "absent"}, "required"),
        ({"outcome": "absent", "reason": "damaged"}, "damaged is not one of"),
    ],
)
def test_half_a_report_is_asked_again_and_nothing_is_written(client, driver, parcel, fields, words):
    sign_in(client, driver)
    for photo in fields.values():
        if hasattr(photo, "seek"):
            photo.seek(0)

    answer = post(client, parcel, **fields)

    assert (answer.status_code, words in text_of(answer), DoorReport.objects.exists()) == (422, True, False)


@pytest.mark.parametrize("fields", [{"outcome": "stolen"}, {"outcome": ""}, {"key": "1"}])
def test_what_no_form_sends_is_refused(client, driver, parcel, fields):
    sign_in(client, driver)

    assert (post(client, parcel, **fields).status_code, DoorReport.objects.exists()) == (422, False)


def test_what_a_phone_sends_twice_is_written_once(client, driver, parcel):
    sign_in(client, driver)
    key = str(uuid.uuid4())

    answers = [send(client, parcel, key=key, ago=3600) for _time in range(2)]

    made = DoorReport.objects.get()
    assert [answer.json()["level"] for answer in answers] == ["success", "success"]
    assert (timezone.now() - made.happened_at) >= timedelta(hours=1)
    assert parcel.delivery_attempts.count() == 1


def test_what_another_driver_of_the_phone_wrote_waits_for_that_driver(client, courier, driver, parcel):
    sign_in(client, driver)

    answer = send(client, parcel, driver=make_driver(courier).pk)

    assert (answer.status_code, DoorReport.objects.exists()) == (409, False)


def test_an_expired_label_still_takes_what_happened_at_the_door(client, driver, parcel, clock):
    url = f"{links.parcel_path(parcel)}report/"
    clock.shift(timedelta(days=31))
    operations.give_pin(
        driver_id=driver.pk, pin=PIN, valid_until=timezone.now().date() + timedelta(days=9), now=timezone.now()
    )
    sign_in(client, driver)

    assert client.post(url, form_for(parcel), headers={"Accept": "application/json"}).status_code == 200


def test_a_label_used_again_after_delivery_says_by_whom_and_not_to_whom(client, driver, courier, parcel):
    other = make_driver(courier, name="Brahim", language="en")
    sign_in(client, driver)
    post(client, parcel)
    client = Client()
    sign_in(client, other)

    page = client.get(links.parcel_path(parcel))
    again = send(client, parcel)

    assert ("Hamid" in text_of(page), says_nothing_of_the_door(page)) == (True, True)
    assert again.json() == {"text": "This was written already; nothing is counted twice.", "level": "info"}


def test_a_label_used_after_the_office_delivered_says_so(client, driver, parcel):
    sign_in(client, driver)
    client.post(f"{links.parcel_path(parcel)}report/", form_for(parcel, outcome="absent", reason="no_answer"))
    warehouse.deliver(consignment_id=parcel.pk, by=None, now=timezone.now())

    page = client.get(links.parcel_path(parcel))

    assert ("Written by the office" in text_of(page), says_nothing_of_the_door(page)) == (True, True)


def test_a_gift_asks_for_nothing_and_names_who_receives_it(client, driver):
    order = make_held_order(
        method="card",
        status=Order.Status.PAID,
        recipient_name="Lalla Zohra",
        recipient_phone="+212612345699",
        recipient_language="ar",
        prices_hidden=True,
    )
    parcel = move_to(open_parcels(order)[0], "HANDED_OVER")
    sign_in(client, driver)

    page = client.get(links.parcel_path(parcel))

    assert "Nothing to collect" in text_of(page)
    assert "tel:+212612345699" in page.content.decode()
    assert "+212612345678" not in page.content.decode()


def test_reading_changes_nothing(client, driver, parcel):
    sign_in(client, driver)

    answers = [client.get(f"{links.parcel_path(parcel)}report/"), client.get("/d/sign-in/"), client.get("/d/sign-out/")]

    assert [answer.status_code for answer in answers] == [405, 405, 405]


def test_a_report_needs_the_token_of_its_page(driver, parcel):
    client = Client(enforce_csrf_checks=True)
    client.get("/d/")
    csrf = client.cookies["csrftoken"].value
    client.post("/d/sign-in/", {"phone": driver.phone, "pin": PIN, "csrfmiddlewaretoken": csrf})

    assert send(client, parcel).status_code == 403
    assert send(client, parcel, csrfmiddlewaretoken=client.get("/d/me/").json()["csrf"]).status_code == 200


def test_the_round_asks_the_same_for_one_parcel_and_for_three(client, courier, driver):
    sign_in(client, driver)
    counts = []
    for more in (1, 2):
        for _time in range(more):
            move_to(open_parcels(make_held_order())[0], "HANDED_OVER")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/d/")
        counts.append(len(asked))

    assert page.content.decode().count("data-keep") == 3
    assert counts[0] == counts[1] <= 8


def test_the_round_lists_what_comes_back_by_its_number_alone(client, driver, parcel):
    warehouse.refuse(consignment_id=parcel.pk, reason="no_money", by=None, now=timezone.now())
    sign_in(client, driver)

    page = client.get("/d/")

    assert ("To bring back" in text_of(page), parcel.reference in text_of(page)) == (True, True)
    assert says_nothing_of_the_door(page)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_page_speaks_the_driver_s_language(client, courier, parcel, language):
    assert f'lang="{language}"' in client.get(f"/d/?language={language}").content.decode()
    sign_in(client, make_driver(courier, language=language))

    for url in ("/d/", f"{links.parcel_path(parcel)}?language=en"):
        assert f'<html lang="{language}"' in client.get(url).content.decode()


def test_the_worker_answers_for_the_driver_s_pages_alone(client):
    answer = client.get(reverse("driver:worker"))

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/javascript", "no-cache")
    assert reverse("driver:worker") == "/d/worker.js"
