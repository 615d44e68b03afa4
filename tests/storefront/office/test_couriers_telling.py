"""The office and what couriers tell: lists, buttons, files, secrets, a lost parcel; who may see and press what."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from fulfilment.shipping.models import Courier
from fulfilment.tracking.models import CourierProfile, StatusWord, TrackingEvent
from tests.factories.couriers import carried_by, make_courier, post_events, tell, told
from tests.factories.parcels import make_held_order, open_parcels
from tests.factories.people import make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def courier():
    return make_courier()


@pytest.fixture
def logistics(client):
    person = make_staff("logistics")
    sign_in(client, person)
    return person


def page(client, name, *args, query=""):
    return client.get(english(name, *args) + query).content.decode()


def upload(client, courier, content, name="day.csv"):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(english("take-in-statuses", courier.pk), {"file": file})


PAGES = ("tracking", "told", "status-words", "all-couriers", "courier")
BUTTONS = ("told-assign", "told-teach", "told-aside", "take-in-statuses", "courier-secret", "courier-parcels", "lost")
SEEN = {"support": PAGES[:3], "logistics": PAGES, "finance": (), "catalogue": (), "director": PAGES}
PRESSED = {"logistics": BUTTONS, "director": BUTTONS}


@pytest.mark.parametrize("group", SEEN)
def test_each_group_sees_and_presses_what_is_its_own(client, courier, group):
    parcel = carried_by(courier)
    event = tell(courier, told("AM-1", "transit"))[0]
    args = {
        **dict.fromkeys(("told", "told-assign", "told-teach", "told-aside"), (event.pk,)),
        **dict.fromkeys(("courier", "take-in-statuses"), (courier.pk,)),
        "courier-secret": (courier.pk, "drop"),
        "courier-parcels": (courier.pk, "csv"),
        "lost": (parcel.reference,),
    }
    sign_in(client, make_staff(group))

    opened = [name for name in PAGES if client.get(english(name, *args.get(name, ()))).status_code == 200]
    answers = {}
    for name in BUTTONS:
        ask = client.get if name == "courier-parcels" else client.post
        answers[name] = ask(english(name, *args[name])).status_code

    assert tuple(opened) == SEEN[group]
    assert tuple(name for name, status in answers.items() if status != 403) == PRESSED.get(group, ())


def test_lists_ask_as_many_queries_for_three_as_for_one_in_every_language(client, courier, logistics):
    parcel = carried_by(courier)
    counts = {}
    addresses = [english("tracking"), english("consignment", parcel.reference), english("all-couriers")]

    for number in (1, 3):
        for place in range(number):
            tell(courier, told(f"AM-{number}{place}", "transit"), told(parcel, "transit", ago=timedelta(hours=place)))
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(address)
            counts.setdefault(address, []).append(len(asked))

    assert [low == high for low, high in counts.values()] == [True] * 3, counts
    for language in ("ar", "fr"):
        assert {client.get(f"/{language}{address[3:]}").status_code for address in addresses} == {200}


def test_an_unknown_parcel_is_named_and_taken_up(client, courier, logistics, run_jobs):
    parcel = carried_by(courier)
    event = tell(courier, told("AM-77", "transit", ago=timedelta(days=3)))[0]
    assert "AM-77" in page(client, "tracking")

    wrong = client.post(english("told-assign", event.pk), {"reference": "NO-SUCH"})
    client.post(english("told-assign", event.pk), {"reference": f" {parcel.reference} "})
    run_jobs()

    parcel.refresh_from_db()
    event.refresh_from_db()
    assert (wrong.status_code, "There is no parcel NO-SUCH." in wrong.content.decode()) == (422, True)
    assert (parcel.state, event.outcome, event.assigned_by) == ("IN_TRANSIT", "APPLIED", logistics)
    assert "AM-77" not in page(client, "tracking")
    assert "transit" in page(client, "consignment", parcel.reference)


def test_a_word_is_taught_from_its_event_and_changed_on_its_page(client, courier, logistics, run_jobs):
    parcel = carried_by(courier)
    event = tell(courier, told(parcel, "Livré!"))[0]
    taught = {"word": "Livré!", "courier": "", "meaning": "absent", "reason": ""}

    assert client.post(english("told-teach", event.pk), taught).status_code == 422
    client.post(english("told-teach", event.pk), taught | {"meaning": "delivered"})
    run_jobs()

    parcel.refresh_from_db()
    word = StatusWord.objects.get(word="livre")
    assert (parcel.state, word.taught_by) == ("DELIVERED", logistics)
    assert 'value="livre"' in page(client, "status-words", query=f"?change={word.pk}")
    client.post(english("status-words"), taught | {"word": "LIVRE", "meaning": "nothing"})
    word.refresh_from_db()
    assert word.meaning == "nothing"


def test_what_is_set_aside_says_why_and_is_seen_to_once(client, courier, logistics):
    event = tell(courier, told("AM-77", "transit"))[0]

    assert client.post(english("told-aside", event.pk), {"remark": " "}).status_code == 422
    for remark in ("a test of theirs", "again"):
        client.post(english("told-aside", event.pk), {"remark": remark})

    event.refresh_from_db()
    assert (event.outcome, event.remark, event.set_aside_by) == ("SET_ASIDE", "a test of theirs", logistics)
    assert "a test of theirs" in page(client, "tracking", query="?which=aside")
    assert client.get(english("tracking") + "?which=nothing").status_code == 404


def test_a_file_is_taken_in_or_refused_with_its_rows(client, courier, logistics):
    bad = upload(client, courier, "parcel,status,date\nA-1,transit,soon\n")
    good = upload(client, courier, "parcel,status,date\nA-1,transit,2026-11-20\n", "‮day.csv")

    said = bad.content.decode()
    assert (bad.status_code, "Nothing of this file was taken in." in said, "Row 2:" in said) == (422, True, True)
    assert (good.status_code, TrackingEvent.objects.get().file.name) == (302, "day.csv")
    assert client.post(english("take-in-statuses", courier.pk)).status_code == 422


def test_a_courier_is_added_set_up_and_given_a_secret_that_is_shown_once(client, courier, logistics):
    client.post(english("all-couriers"), {"name": "Rif Express", "kind": "partner"})
    again = client.post(english("all-couriers"), {"name": "Rif Express", "kind": "partner"})
    added = Courier.objects.get(name="Rif Express")
    profile = {"code": "rif", "gateway": "files", "parcel": "Envoi"}

    assert upload(client, added, "parcel,status,date\n").status_code == 422  # not set up yet
    assert client.post(english("courier", added.pk), profile | {"code": "atlas"}).status_code == 422
    client.post(english("courier", added.pk), profile)
    made = client.post(english("courier-secret", added.pk, "make"))

    secret = made.content.decode().split('<code dir="ltr">')[1].split("<")[0]
    assert (again.status_code, made["Cache-Control"]) == (422, "no-store")
    assert CourierProfile.objects.get(code="rif").parcel_column == "Envoi"
    assert secret not in page(client, "courier", added.pk)
    added.refresh_from_db()
    event = {"parcel": "A", "status": "transit", "at": timezone.now().isoformat()}
    assert post_events(added, secret, event).status_code == 200


def test_a_courier_s_table_is_downloaded_with_nothing_that_a_spreadsheet_runs(client, courier, logistics):
    parcel = carried_by(courier, open_parcels(make_held_order(buyer_name="=cmd()"))[0])

    csv = client.get(english("courier-parcels", courier.pk, "csv"))
    xlsx = client.get(english("courier-parcels", courier.pk, "xlsx") + "?day=2026-11-16")
    other = client.get(english("courier-parcels", courier.pk, "csv") + "?day=2026-11-01")

    assert (parcel.reference in csv.content.decode(), parcel.reference in other.content.decode()) == (True, False)
    assert (",'=cmd()" in csv.content.decode(), csv["Cache-Control"]) == (True, "no-store")
    sheet = load_workbook(io.BytesIO(xlsx.content)).get_sheet_by_index(0).to_python()
    assert sheet[1][0] == parcel.reference
    assert client.get(english("courier-parcels", courier.pk, "exe")).status_code == 404


def test_a_parcel_is_lost_by_a_person_who_says_how(client, courier, logistics):
    parcel = carried_by(courier)

    client.post(english("lost", parcel.reference), {"why": " "})
    parcel.refresh_from_db()
    assert parcel.state == "HANDED_OVER"
    for why in ("the van burnt", "again"):
        client.post(english("lost", parcel.reference), {"why": why})

    parcel.refresh_from_db()
    assert (parcel.state, parcel.lost_why, parcel.moved_by) == ("LOST", "the van burnt", logistics)
    shown = page(client, "consignment", parcel.reference)
    assert ("the van burnt" in shown, english("lost", parcel.reference) in shown) == (True, False)


def test_the_first_page_counts_what_waits(client, courier):
    tell(courier, told("AM-1", "transit"), told("AM-2", "transit"))
    sign_in(client, make_staff("logistics"))

    counted = re.search(r'/couriers/told/">[^<]*</a></dt><dd>\D*(\d+)', page(client, "home"))
    assert counted
    assert counted[1] == "2"
