"""Reporting what is missing or broken: for the right person, in time, with photos that are photos, once."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from catalogue.kernel.photos import take_in
from fulfilment.complaints import operations, queries
from fulfilment.complaints.models import Complaint, ComplaintLine, ComplaintPhoto
from fulfilment.orders.links import complaint_url, recipient_key_for
from storefront.notifications.gateways import MemorySms
from storefront.notifications.models import Message
from tests.factories.complaints import photo, report
from tests.factories.people import make_person
from tests.factories.withdrawals import FRANCE, make_delivered_order, make_honey, serve_france
from tests.storefront.orders.test_withdrawing import Buyer, line_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return make_delivered_order((make_honey(), 3))


def send(buyer, pieces="1", fault="BROKEN", photos=(), **fields):
    page = buyer.get("report/").content.decode()
    key = re.search(r'name="confirmation" value="([^"]+)"', page)
    pk = line_of(buyer.order).pk
    data = {"confirmation": key.group(1) if key else "none", f"pieces-{pk}": pieces, f"fault-{pk}": fault}
    return buyer.post("report/", **data | fields, photos=list(photos))


def test_a_report_with_photos_is_kept_and_shown_to_its_buyer(order, run_jobs):
    buyer = Buyer(order)

    done = send(buyer, "٢", words="Deux pots\ncassés", photos=[photo(), photo(kind="PNG"), photo(kind="WEBP")])
    page = buyer.client.get(done.url).content.decode()
    shown = buyer.client.get(f"{done.url}2.jpg")

    complaint = Complaint.objects.get()
    assert (done.status_code, complaint.pieces, complaint.photos.count()) == (302, 2, 3)
    for said in (
        complaint.reference,
        "Deux pots<br>cassés",
        "<bdi>2</bdi> × Miel de thym",
        "broken or spoilt",
        "waits for an",
    ):
        assert said in page
    assert shown["Content-Type"] == "image/jpeg"
    assert (shown["X-Content-Type-Options"], "no-store" in shown["Cache-Control"]) == ("nosniff", True)
    assert Image.open(BytesIO(shown.content)).format == "JPEG"
    assert complaint.reference in buyer.get("").content.decode()


def test_pressing_twice_reports_once_and_tells_once(order, run_jobs):
    buyer = Buyer(order)
    pk = line_of(order).pk
    data = {"confirmation": "same", f"pieces-{pk}": "1", f"fault-{pk}": "MISSING"}

    answers = [buyer.post("report/", **data) for _ in range(2)]
    run_jobs()

    assert answers[0].url == answers[1].url
    assert Complaint.objects.count() == 1
    channels = Message.objects.filter(kind="complaint.received").values_list("channel", flat=True)
    assert sorted(channels) == ["mail", "sms"]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_buyers_hear_in_the_order_s_language_that_it_was_received_and_why_not(run_jobs, monkeypatch, language):
    monkeypatch.setattr(MemorySms, "sent", [])
    order = make_delivered_order(language=language)
    run_jobs()
    mail.outbox.clear()
    complaint = report(order)
    operations.reject(complaint_id=complaint.pk, rejection="AS_SOLD", answer="شكرا", now=timezone.now(), by=None)
    run_jobs()

    told = [(found.kind, found.channel, found.language) for found in Message.objects.filter(kind__startswith="compl")]
    assert sorted(told) == [
        ("complaint.received", "mail", language),
        ("complaint.received", "sms", language),
        ("complaint.rejected", "mail", language),
    ]
    assert [complaint_url(order, 1) in sent.body for sent in mail.outbox] == [True, True]
    assert "شكرا" in mail.outbox[1].body


def test_money_that_goes_back_for_a_report_is_told_with_its_reference(run_jobs):
    serve_france()
    order = make_delivered_order((make_honey(), 2), **FRANCE, language="en")
    complaint = report(order)
    pieces = {line_of(order).pk: 1}
    operations.give_back(
        complaint_id=complaint.pk, outcome="REFUND", pieces=pieces, answer="", now=timezone.now(), by=None
    )
    run_jobs()

    told = Message.objects.get(kind="refund.owed")
    assert (complaint.reference in told.text, "goes back to your card" in told.text) == (True, True)


@pytest.mark.parametrize(
    ("pieces", "fault", "said"),
    [
        ("4", "BROKEN", "At most 3 of these can be reported."),
        ("1000000000", "BROKEN", "That is more than"),
        ("-1", "BROKEN", "Take at least one."),
        ("one", "BROKEN", "Write a whole number"),
        ("0", "BROKEN", "Say of at least one thing"),
        ("", "BROKEN", "Say of at least one thing"),
        ("1", "STOLEN", "Select a valid choice"),
        ("1", "", "Say what is wrong with it."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(order, pieces, fault, said):
    answer = send(Buyer(order), pieces, fault)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Complaint.objects.exists()


def hostile(kind):
    if kind == "text":
        return [SimpleUploadedFile("jar.jpg", b"<script>alert(1)</script>", "image/jpeg")], "This file is not a photo."
    if kind == "svg":
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
        return [SimpleUploadedFile("jar.svg", drawing, "image/svg+xml")], "This file is not a photo."
    if kind == "broken":
        return [SimpleUploadedFile("jar.jpg", photo().read()[:-15], "image/jpeg")], "damaged or incomplete"
    if kind == "heavy":
        return [SimpleUploadedFile("jar.jpg", b"\xff\xd8" + b"0" * 8_400_000, "image/jpeg")], "larger than 8 MB"
    return [photo() for _ in range(4)], "Choose three photos at most."


@pytest.mark.parametrize("kind", ["text", "svg", "broken", "heavy", "four"])
def test_a_file_that_is_no_photo_is_refused_with_the_reason_and_the_rest_stays_written(order, kind):
    photos, said = hostile(kind)

    answer = send(Buyer(order), "2", words="Deux pots", photos=photos)

    page = answer.content.decode()
    assert (answer.status_code, said in page, 'value="2"' in page, "Deux pots" in page) == (422, True, True, True)
    assert not ComplaintPhoto.objects.exists()


def test_another_order_s_line_is_not_reported_here(order):
    other = make_delivered_order()
    pk = line_of(other).pk

    answer = Buyer(order).post("report/", **{"confirmation": "x", f"pieces-{pk}": "1", f"fault-{pk}": "BROKEN"})

    assert answer.status_code == 422
    assert not Complaint.objects.exists()


def test_after_the_last_day_the_page_says_so_and_names_the_phone(order, clock):
    clock.move_to(queries.reported_until(order) + timedelta(seconds=1))
    buyer = Buyer(order)

    page, sent = buyer.get("report/").content.decode(), send(buyer)

    assert "The time to report here ended with" in page
    assert "Tell us, with a photo" not in buyer.get("").content.decode()
    assert (sent.status_code, Complaint.objects.count()) == (422, 0)


def test_strangers_other_buyers_and_recipients_find_nothing(order, client):
    complaint = report(order, photos=[take_in(photo())])
    client.force_login(make_person())
    ends = ["report/", "reports/1/", "reports/1/1.jpg"]
    keys = ["", "?k=" + "0" * 24, f"?k={recipient_key_for(order.number)}"]

    answers = [visitor.get(f"/en/orders/{order.number}/{end}{key}") for end in ends for key in keys
               for visitor in (client, Client())]  # fmt: skip
    answers += [client.post(f"/en/orders/{order.number}/report/", {"confirmation": "x"})]
    buyer = Buyer(make_delivered_order())
    answers += [buyer.get("reports/1/"), buyer.get("reports/1/1.jpg")]

    assert {answer.status_code for answer in answers} == {404}
    assert [Buyer(order).get(end).status_code for end in [*ends, "reports/1/2.jpg"]] == [200, 200, 200, 404]
    assert ComplaintLine.objects.get().complaint == complaint


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_pages_work_without_script_in_each_direction(order, language):
    report(order, photos=[take_in(photo())])
    buyer = Buyer(order, language)

    for end in ("", "report/", "reports/1/", "reminders/"):
        page = buyer.get(end).content.decode()
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
        assert not re.search("<script(?! (type|src))", page)


def test_the_pages_ask_as_much_for_one_line_as_for_three():
    seen = []
    for lines in (1, 3):
        order = make_delivered_order(*[(make_honey(), 2) for _ in range(lines)])
        pieces = {line.pk: operations.Fault("BROKEN", 1) for line in order.lines.all()}
        report(order, faults=pieces, photos=[take_in(photo())])
        buyer = Buyer(order)
        for end in ("", "report/", "reports/1/"):
            with CaptureQueriesContext(connection) as queries_made:
                buyer.get(end)
            seen.append(len(queries_made))

    assert seen[:3] == seen[3:]
    assert max(seen) <= 14
