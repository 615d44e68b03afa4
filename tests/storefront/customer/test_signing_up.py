import pytest

from catalogue.people.models import User
from tests.factories.people import PASSWORD, make_person

from .support import PHONE, code_sent_to, is_signed_in, last_message, link_sent_to, post_login

pytestmark = pytest.mark.django_db


def sign_up(client, **fields):
    return client.post("/fr/accounts/signup/", {"phone": "", "email": "", "password1": PASSWORD, **fields})


def test_a_phone_alone_is_enough_and_its_code_opens_the_account(client):
    answer = sign_up(client, phone="06 12 34 56 78")
    assert answer.url == "/fr/accounts/phone/verify/"
    assert not is_signed_in(client)

    client.post(answer.url, {"code": code_sent_to("+212612345678")})

    person = User.objects.get()
    assert (person.phone, person.email, person.language) == ("+212612345678", None, "fr")
    assert person.phone_verified_at is not None
    assert is_signed_in(client)


def test_an_email_alone_is_enough_and_its_link_opens_the_account(client):
    answer = sign_up(client, email="Aicha@Example.org")
    assert answer.url == "/fr/accounts/confirm-email/"
    assert not is_signed_in(client)

    client.post(link_sent_to("aicha@example.org"))

    assert User.objects.get().email == "aicha@example.org"
    assert is_signed_in(client)


def test_both_together_are_taken_and_the_phone_comes_first(client):
    answer = sign_up(client, phone=PHONE, email="aicha@example.org")

    client.post(answer.url, {"code": code_sent_to(PHONE)})

    assert is_signed_in(client)
    assert "confirm-email" in link_sent_to("aicha@example.org")


def test_without_phone_and_email_a_sign_up_is_refused(client):
    answer = sign_up(client)

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors().data[0].code == "no_contact"
    assert not User.objects.exists()


@pytest.mark.parametrize("contact", [{"phone": PHONE}, {"email": "aicha@example.org"}])
def test_a_taken_contact_gets_the_same_page_as_a_free_one(client, django_user_model, clock, contact):
    def pages(browser):
        first = sign_up(browser, **contact)
        return first.status_code, first.url, browser.get(first.url).content.decode().count("<form")

    free = pages(client)
    django_user_model.objects.all().delete()
    make_person(**contact)
    clock.shift(60)  # a number gets one code in half a minute
    taken = pages(client.__class__())

    assert taken == free
    assert User.objects.count() == 1


def test_a_taken_phone_is_told_by_sms_and_sends_no_code(client):
    make_person(phone=PHONE)

    sign_up(client, phone=PHONE)

    assert last_message(PHONE).kind == "account.exists"


def test_a_number_that_was_never_confirmed_is_free_for_its_owner(client, clock):
    stranger = client.__class__()
    sign_up(stranger, phone=PHONE)
    clock.shift(60)

    answer = client.post("/fr/accounts/signup/", {"phone": PHONE, "email": "", "password1": "another-good-one-77"})
    client.post(answer.url, {"code": code_sent_to(PHONE)})

    assert is_signed_in(client)
    post_login(stranger, PHONE, PASSWORD)
    assert not is_signed_in(stranger)


def test_a_code_never_opens_an_account_whose_password_a_stranger_chose(client):
    sign_up(client.__class__(), phone=PHONE)

    client.post("/fr/accounts/login/code/", {"login": PHONE})

    assert not client.session["account_login"]["state"]["stages"]["login_by_code"]["data"].get("code")


def test_weak_passwords_are_refused(client):
    answer = sign_up(client, phone=PHONE, password1="12345678")

    assert answer.context["form"].errors["password1"]


def test_a_second_code_within_half_a_minute_is_refused_kindly(client):
    sign_up(client.__class__(), phone=PHONE)

    answer = sign_up(client, phone=PHONE)

    assert answer.status_code == 429
    assert "<h1>" in answer.content.decode()
