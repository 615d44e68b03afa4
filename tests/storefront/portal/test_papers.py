"""A cooperative prints the papers of its own parcels; for anyone else they are not there."""

import pytest
from django.urls import reverse

from tests.factories.catalogue import make_cooperative
from tests.factories.labels import make_parcel
from tests.factories.people import make_member, make_person, make_staff, sign_in

pytestmark = pytest.mark.django_db
KINDS = ("label", "slip")


@pytest.fixture
def parcel():
    return make_parcel()


def pages(parcel, cooperative=None):
    slug = (cooperative or parcel.origin.cooperative).slug
    return [reverse("portal:parcel-paper", args=[slug, parcel.reference, kind]) for kind in KINDS]


@pytest.mark.parametrize("role", ["owner", "clerk"])
def test_its_people_print_label_and_slip(client, parcel, role):
    sign_in(client, make_member(parcel.origin.cooperative, role))

    answers = [client.get(page) for page in pages(parcel)]

    assert {answer["Content-Type"] for answer in answers} == {"application/pdf"}
    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    shown = client.get(
        reverse("portal:parcel", args=[parcel.origin.cooperative.slug, parcel.reference])
    ).content.decode()
    assert all(page in shown for page in pages(parcel))


def test_another_cooperative_finds_them_neither_there_nor_under_its_own_name(client, parcel):
    others = make_cooperative()
    sign_in(client, make_member(others, "owner"))

    assert {client.get(page).status_code for page in [*pages(parcel), *pages(parcel, others)]} == {404}


def test_no_one_else_finds_them(client, parcel):
    assert {client.get(page).status_code for page in pages(parcel)} == {302}
    for person in (make_person(), make_staff("director")):
        sign_in(client, person)
        assert {client.get(page).status_code for page in pages(parcel)} == {404}


def test_there_is_no_other_paper(client, parcel):
    sign_in(client, make_member(parcel.origin.cooperative, "owner"))
    address = pages(parcel)[0].replace("label.pdf", "manifest.pdf")

    assert client.get(address).status_code == 404
