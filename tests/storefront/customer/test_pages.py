"""Every page of allauth that can be reached is one of ours, in each language."""

import re

import pytest

from tests.factories.people import PASSWORD, make_person, make_staff, sign_in

from .support import PHONE, post_login

pytestmark = pytest.mark.django_db
VISITOR = ["login/", "signup/", "login/code/", "password/reset/", "confirm-email/", "confirm-email/wrong/", "inactive/"]
VISITOR += ["password/reset/done/"]
OWN = ["logout/", "email/", "password/change/", "phone/change/", "reauthenticate/", "2fa/", "2fa/totp/activate/"]
STAFF = ["2fa/", "2fa/reauthenticate/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/"]


def is_ours(answer, language):
    text = answer.content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    return answer.status_code == 200 and f'<html lang="{language}" dir="{direction}">' in text and "skip-link" in text


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("page", VISITOR)
def test_pages_of_a_visitor(client, page, language):
    assert is_ours(client.get(f"/{language}/accounts/{page}"), language)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("page", OWN)
def test_pages_of_a_shopper(client, page, language):
    sign_in(client, make_person())

    assert is_ours(client.get(f"/{language}/accounts/{page}"), language)


@pytest.mark.parametrize("page", STAFF)
def test_pages_of_an_app(client, page):
    sign_in(client, make_staff("logistics"))
    client.post("/fr/accounts/2fa/recovery-codes/generate/")

    assert is_ours(client.get(f"/fr/accounts/{page}"), "fr")


def test_a_password_can_be_chosen_by_who_has_none(client):
    person = make_person(phone=PHONE)
    sign_in(client, person)
    person.set_unusable_password()
    person.save()
    sign_in(client, person)

    assert is_ours(client.get("/fr/accounts/password/set/"), "fr")


def test_pages_on_the_way_in(client):
    staff = make_staff("logistics")
    post_login(client, staff.email, PASSWORD)

    assert is_ours(client.get("/fr/accounts/2fa/authenticate/"), "fr")
    client.post("/fr/accounts/logout/")
    client.post("/fr/accounts/login/code/", {"login": PHONE})
    assert is_ours(client.get("/fr/accounts/login/code/confirm/"), "fr")


@pytest.mark.parametrize("page", ["login/", "signup/"])
def test_no_page_has_inline_script_style_or_handlers(client, page):
    text = client.get(f"/fr/accounts/{page}").content.decode()

    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*src=)", text)
