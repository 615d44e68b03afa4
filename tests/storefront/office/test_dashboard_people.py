import pytest

from catalogue.people.models import User
from tests.factories.people import make_person, make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    return sign_in(client, make_staff("support"))


def test_people_are_found_by_phone_in_any_writing(support):
    make_person(phone="+212612345678", first_name="Fatima")
    make_person(phone="+212699999999", first_name="Hassan")

    page = support.get("/fr/dashboard/users/", {"search": "1", "email": "06 12 34 56 78", "name": ""})

    assert "Fatima" in page.content.decode()
    assert "Hassan" not in page.content.decode()


def test_someone_without_email_has_a_page(support):
    person = make_person(phone="+212612345678")

    assert f"/fr/dashboard/users/{person.pk}/" in support.get("/fr/dashboard/users/").content.decode()
    assert support.get(f"/fr/dashboard/users/{person.pk}/").status_code == 200


def test_nobody_switches_accounts_off_from_the_list(support):
    person = make_person()

    support.post("/fr/dashboard/users/", {"action": "make_inactive", "selected_user": [person.pk]})

    assert User.objects.get(pk=person.pk).is_active
