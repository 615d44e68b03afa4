"""The office's page of a cooperative: found by name, its contact and people changed by right, with who did what."""

import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.cooperatives.models import Appointment, Membership, Partner
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_member, make_staff, sign_in
from tests.storefront.office.addresses import english

pytestmark = pytest.mark.django_db
CONTACT = {
    "phone": "0662222222",
    "email": "asni@example.org",
    "landline": "",
    "contact_channel": "sms",
    "spoken_language": "tachelhit",
    "reason": "They called.",
}


@pytest.fixture
def argan():
    return make_cooperative(name="Argan d'Asni", short_name="Asni", slug="argan")


@pytest.fixture
def office(client):
    person = make_staff("catalogue")
    sign_in(client, person)
    return person


def press(client, name, pk, **fields):
    return client.post(english("cooperative-step", "argan", name, pk), fields, follow=True).content.decode()


def test_a_cooperative_is_found_by_name_or_number(client, office, argan):
    make_cooperative(short_name="Tiznit")

    pages = [client.get(english("cooperatives") + f"?q={words}").content.decode() for words in ("asn", argan.code, "x")]

    assert [("Asni" in page, "Tiznit" in page) for page in pages] == [(True, False), (True, False), (False, False)]


def test_the_contact_is_changed_with_who_and_why(client, office, argan):
    wrong = client.post(english("cooperative-contact", "argan"), CONTACT | {"phone": "05"})
    client.post(english("cooperative-contact", "argan"), CONTACT)
    page = client.get(english("cooperative", "argan")).content.decode()

    argan.refresh_from_db()
    assert (wrong.status_code, argan.phone, argan.email) == (422, "+212662222222", "asni@example.org")
    assert all(words in page for words in ("They called.", str(office), "Contact changed"))


def test_one_proposes_an_owner_and_another_agrees(client, office, argan):
    client.post(english("cooperative-owner", "argan"), {"name": "Fatima", "phone": "0663333333", "reason": "Elected."})
    appointment = Appointment.objects.get()
    own = press(client, "agree", appointment.pk)
    sign_in(client, make_staff("catalogue"))
    page = press(client, "agree", appointment.pk)

    assert "Someone else than the person who proposed an owner agrees to it." in own
    assert Membership.objects.get().user.phone == "+212663333333"
    assert "An owner was agreed to" in page


def test_someone_is_let_go_in_words(client, office, argan):
    make_member(argan)
    membership = argan.memberships.get()

    assert "Write in a few words why." in press(client, "leave", membership.pk, reason=" ")
    press(client, "leave", membership.pk, reason="She left.")

    assert not argan.memberships.exists()


def test_buttons_are_of_this_cooperative(client, office, argan):
    other = make_cooperative()
    make_member(other)

    answer = client.post(english("cooperative-step", "argan", "leave", other.memberships.get().pk), {"reason": "x"})

    assert answer.status_code == 404
    assert client.post(english("cooperative-step", "argan", "steal", argan.pk)).status_code == 404


def test_the_director_closes_and_opens_again(client, office, argan):
    assert client.post(english("cooperative-step", "argan", "close", argan.pk), {"reason": "x"}).status_code == 403
    sign_in(client, make_staff("director"))

    closed = press(client, "close", argan.pk, reason="It joined another.")
    assert not Partner.objects.get(pk=argan.pk).is_active
    press(client, "open", argan.pk, reason="A mistake.")

    assert "It joined another." in closed
    assert Partner.objects.get(pk=argan.pk).is_active


@pytest.mark.parametrize(("group", "status"), [("support", 403), ("logistics", 200), ("finance", 200)])
def test_pages_open_by_right_and_buttons_by_another(client, argan, group, status):
    sign_in(client, make_staff(group))

    pages = [client.get(english("cooperatives")), client.get(english("cooperative", "argan"))]
    buttons = [client.post(english(name, "argan"), CONTACT) for name in ("cooperative-contact", "cooperative-owner")]

    assert [page.status_code for page in pages] == [status] * 2
    assert [button.status_code for button in buttons] == [403, 403]


@pytest.mark.parametrize("name", ["cooperative-contact", "cooperative-owner"])
def test_each_button_asks_for_a_sign_in_of_this_moment(client, office, argan, name):
    session = client.session
    records = [record | {"at": time.time() - 21 * 60} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    assert "reauthenticate" in client.post(english(name, "argan"), CONTACT).url
    assert not argan.steps.exists()


def test_the_pages_ask_no_more_for_three_than_for_one(client, office, argan):
    def asked(page):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    pages = [english("cooperatives"), english("cooperative", "argan")]
    make_member(argan)
    client.post(english("cooperative-contact", "argan"), CONTACT)
    for page in pages:
        asked(page)
    before = [asked(page) for page in pages]
    for number in range(2):
        make_cooperative()
        make_member(argan)
        client.post(english("cooperative-contact", "argan"), CONTACT | {"phone": f"066222222{number}"})

    assert [asked(page) for page in pages] == before
