"""The office's pages of goods that came back: a list with ages, and a form for each parcel."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from catalogue.lots.models import LotStock
from fulfilment.orders.inspecting.models import Returned, ReturnedPhoto
from tests.factories.catalogue import make_stockrecord
from tests.factories.people import make_person, make_staff, sign_in
from tests.factories.returns import bring_back, inspect_all
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return sign_in(client, make_staff("logistics"))


@pytest.fixture
def parcel():
    return bring_back((make_stockrecord(in_stock=10), 3))


def found(**fields):
    row = Returned.objects.get()
    return {f"row-{row.pk}-{name}": value for name, value in ({"good": "3"} | fields).items()}


def photo():
    written = BytesIO()
    Image.new("RGB", (20, 20), "red").save(written, "JPEG")
    return SimpleUploadedFile("broken.jpg", written.getvalue())


def test_what_waits_is_listed_with_its_age_and_all_counts_as_new_unless_said_otherwise(office, parcel, clock):
    clock.shift(timedelta(days=3))

    listed = office.get(english("returns")).content.decode()
    shown = office.get(english("return", parcel.reference)).content.decode()
    answer = office.post(english("return", parcel.reference), found())

    assert parcel.reference in listed
    assert "for 3 days" in listed
    assert 'value="3"' in shown
    assert (answer.url, LotStock.objects.get().on_hand) == (english("returns"), 10)
    assert parcel.reference not in office.get(english("returns")).content.decode()
    assert parcel.reference in office.get(english("returns") + "?which=over").content.decode()


def test_some_are_written_off_with_a_reason_and_a_photo(office, parcel):
    fields = found(good="٢", reason="damaged", note="lid", photo=photo())

    office.post(english("return", parcel.reference), fields)

    row = Returned.objects.get()
    assert (row.good, row.reason, row.note, LotStock.objects.get().on_hand) == (2, "damaged", "lid", 9)
    assert office.get(english("return-photo", row.pk))["Content-Type"] == "image/jpeg"
    assert "damaged" in office.get(english("return", parcel.reference)).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"good": "4"}, "Only 3 pieces came back."),
        ({"good": "-1", "reason": "damaged"}, "greater than or equal to 0"),
        ({"good": "1.5", "reason": "damaged"}, "in digits"),
        ({"good": ""}, "Write how many."),
        ({"good": "2"}, "Say why."),
        ({"good": "3", "reason": "damaged"}, "leave the reason empty"),
        ({"good": "2", "reason": "stolen"}, "Select a valid choice"),
        ({"photo": SimpleUploadedFile("x.jpg", b"<svg>")}, "is not a photo"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stock(office, parcel, fields, said):
    answer = office.post(english("return", parcel.reference), found(**fields))

    assert (answer.status_code, LotStock.objects.get().on_hand, Returned.objects.get().good) == (422, 7, None)
    assert said in answer.content.decode()
    assert ReturnedPhoto.objects.count() == 0


def test_a_second_look_changes_nothing(office, parcel):
    fields = found()
    inspect_all(parcel.reference)

    office.post(english("return", parcel.reference), fields)

    assert LotStock.objects.get().on_hand == 10
    assert office.get(english("return", "T-0")).status_code == 404
    assert office.get(english("returns") + "?which=x").status_code == 404


def test_the_list_takes_as_many_queries_for_one_as_for_three(office, parcel):
    counts = []
    for _ in range(2):
        office.get(english("returns"))
        with CaptureQueriesContext(connection) as captured:
            office.get(english("returns"))
        counts.append(len(captured))
        for _ in range(2):
            bring_back((make_stockrecord(in_stock=10), 1))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("who", "sees", "acts"), [("director", 200, 302), ("support", 200, 403), ("finance", 403, 403)]
)
def test_who_sees_what_came_back_and_who_says_what_becomes_of_it(client, parcel, who, sees, acts):
    sign_in(client, make_staff(who))

    assert client.get(english("returns")).status_code == sees
    assert client.get(english("return", parcel.reference)).status_code == sees
    assert client.post(english("return", parcel.reference), found()).status_code == acts


def test_to_others_nothing_came_back(client, parcel):
    sign_in(client, make_person())

    assert client.get(english("returns")).status_code == 404


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_pages_are_there_in_each_language(office, parcel, language):
    for page in (english("returns"), english("return", parcel.reference)):
        assert office.get(page.replace("/en/", f"/{language}/")).status_code == 200
