"""One number, signed up from several browsers at the same moment."""

import pytest
from django.db import IntegrityError
from django.test import Client

from catalogue.people.models import User
from storefront.customer.forms import SignupForm
from tests.factories.people import PASSWORD
from tests.support.races import run_together

PHONE = "+212740012345"
pytestmark = pytest.mark.django_db(transaction=True)


def sign_up() -> int:
    fields = {"phone": PHONE, "email": "", "password1": PASSWORD}
    return Client().post("/fr/accounts/signup/", fields).status_code


def test_a_number_signed_up_four_times_at_once_is_one_account():
    answers = run_together(sign_up, workers=4)

    assert set(answers) <= {302, 429}
    assert User.objects.filter(phone=PHONE).count() == 1


def test_without_the_guard_a_second_sign_up_at_the_same_moment_breaks(monkeypatch):
    monkeypatch.setattr(SignupForm, "try_save", lambda form, request: super(SignupForm, form).try_save(request))
    person = User(phone=PHONE)
    person.set_password(PASSWORD)
    monkeypatch.setattr("catalogue.people.operations.give_up_pending", lambda **claims: None)
    person.save()

    with pytest.raises(IntegrityError):
        sign_up()
