from datetime import UTC, datetime

import pytest

from catalogue.people import operations, queries
from catalogue.people.models import User
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
PHONE = "+212740012345"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_sign_up_without_proof_answers_to_no_phone():
    make_person(phone=PHONE, verified=False)

    assert queries.by_phone(PHONE) is None


@pytest.mark.parametrize(
    "proof",
    [
        {"phone_verified_at": NOW},
        {"last_login": NOW},
        {"is_staff": True},
        {"password": "!unusable"},
    ],
)
def test_proof_is_a_code_a_sign_in_or_the_office_s_word(proof):
    person = make_person(phone=PHONE, verified=False)
    User.objects.filter(pk=person.pk).update(**proof)

    assert queries.by_phone(PHONE) == person


def test_giving_up_pending_sign_ups_leaves_proved_ones_alone():
    waiting = make_person(phone=PHONE, verified=False)
    proved = make_person(phone="+212740054321")

    operations.give_up_pending(phone=PHONE)
    operations.give_up_pending(phone=proved.phone)

    assert list(User.objects.all()) == [proved]
    assert waiting.pk != proved.pk


def test_a_number_of_someone_else_is_refused():
    make_person(phone=PHONE)
    other = make_person(email="aicha@example.org")

    with pytest.raises(operations.PhoneTaken):
        operations.record_phone(person=other, phone=PHONE, verified_at=NOW)


def test_closing_keeps_the_row_and_nothing_of_the_person():
    person = make_person(email="aicha@example.org", phone=PHONE, first_name="Aïcha", last_name="B")

    operations.forget_person(person=person)

    person.refresh_from_db()
    assert (person.first_name, person.last_name, person.phone, person.is_active) == ("", "", None, False)
    assert not person.emailaddress_set.exists()
    assert not person.has_usable_password()
