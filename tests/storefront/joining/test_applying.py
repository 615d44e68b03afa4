"""The public form: what it takes, what it says of what it does not take, and how often it may be sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.joining.models import Application
from storefront.notifications.models import Message
from tests.factories.banking import make_rib
from tests.factories.catalogue import make_cooperative
from tests.factories.complaints import photo
from tests.factories.joining import PDF, make_application, typed

pytestmark = pytest.mark.django_db
JOIN = "/en/join/"


def send(client, **fields):
    return client.post(JOIN, typed(**fields))


def pdf(content=PDF):
    return SimpleUploadedFile("my statutes.exe", content, "text/plain")


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_form_stands_in_three_languages_and_is_linked(client, language):
    page = client.get(f"/{language}/join/").content.decode()
    directory = client.get(f"/{language}/cooperatives/").content.decode()

    assert 'enctype="multipart/form-data"' in page
    assert directory.count(f"/{language}/join/") == 2


def test_an_application_is_kept_with_its_papers_and_leads_to_its_page(client):
    answer = send(
        client, statutes=pdf(), register=photo(kind="PNG"), rib=make_rib(5), phone="٠٧٤٠١٩٩٩٩٨", email="a@b.ma"
    )

    application = Application.objects.get()
    page = client.get(answer.url).content.decode()
    assert (application.phone, application.language, application.state) == ("+212740199998", "en", "SENT")
    assert set(application.documents.values_list("kind", "content_type")) == {
        ("statutes", "application/pdf"),
        ("register", "image/jpeg"),
    }
    assert application.name_fr in page
    assert "RIB certificate of the bank" in page
    assert application.rib not in page
    code = Message.objects.get()
    assert (code.recipient, code.kind, answer.url in code.text) == (application.phone, "joining.code", False)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ice", "999000001000076", "An ICE has 15 digits"),
        ("ice", "99900000100007", "An ICE has 15 digits"),
        ("ice", "", "This field is required"),
        ("rib", "1" * 23, "these are 23"),
        ("phone", "0522123456", "Give a mobile phone"),
        ("phone", "hello", "We cannot read this as a phone number"),
        ("women_members", "13", "more than all members"),
        ("members", "0", "greater than or equal to 1"),
        ("founded_year", "2027", "has not come yet"),
        ("sector", "gold", "Select a valid choice"),
        ("legal_form", "company", "Select a valid choice"),
        ("province", "0", "Select a valid choice"),
        ("name_ar", "\u202e", "This field is required"),
        ("email", "nobody", "valid email"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, field, value, words):
    answer = send(client, **{field: value})

    assert (answer.status_code, Application.objects.count()) == (422, 0)
    assert any(words in error for error in answer.context["form"].errors[field])


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"MZ virus", "neither a PDF nor a photo"), (b"%PDF-" + b"0" * 5 * 1024 * 1024, "larger than 5 MB")],
)
def test_a_file_that_is_no_paper_is_refused(client, content, words):
    answer = send(client, statutes=pdf(content))

    assert (answer.status_code, Application.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_an_ice_is_read_with_spaces_and_in_arabic_digits(client):
    send(client, ice="٩٩٩ ٠٠٠ ٠٠١ ٠٠٠ ٠٧٥")

    assert Application.objects.get().ice == "999000001000075"


def test_a_known_number_is_told_beside_its_field(client):
    other = make_application()
    known = make_cooperative(ice="999000001000075")

    for field, value in {
        "ice": known.ice,
        "register_no": f" {other.register_no.lower()} ",
        "phone": other.phone,
    }.items():
        answer = send(client, **{field: value})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])

    assert Application.objects.count() == 1


def test_pressed_twice_it_is_sent_once(client):
    fields = typed()

    first, second = client.post(JOIN, fields), client.post(JOIN, fields)

    assert (first.url, Application.objects.count()) == (second.url, 1)


def test_too_many_applications_from_one_place_are_held_up(client):
    for _ in range(20):
        send(client, ice="1")

    answer = send(client)

    assert (answer.status_code, Application.objects.count()) == (429, 0)


def test_the_form_asks_the_database_as_often_whatever_was_sent(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(JOIN)
        return len(queries)

    asked()
    one = asked()
    for _ in range(2):
        make_application()

    assert asked() == one <= 4
