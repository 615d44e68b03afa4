"""Two people who approve one application, and two phones that type one code, at once."""

import time

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from catalogue.cooperatives.models import Membership, Partner
from catalogue.joining import links, operations
from catalogue.joining.operations import steps
from catalogue.people.models import User
from tests.factories.joining import make_application
from tests.factories.people import make_staff
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)
EXPECTED = (operations.WrongState, IntegrityError)


def slowly(rows):
    found = list(rows.order_by("pk"))
    time.sleep(0.5)
    return found


def approve_together(application):
    people = [make_staff("catalogue"), make_staff("catalogue")]

    def approve(number):
        operations.approve(application_id=application.pk, with_account=True, by=people[number], now=timezone.now())

    return run_together(approve, workers=2, expected=EXPECTED)


def activate_together(application):
    code = links.code_of(application)
    return run_together(
        lambda: operations.activate(application_id=application.pk, code=code, now=timezone.now()),
        workers=2,
        expected=EXPECTED,
    )


def test_two_who_approve_at_once_make_one_cooperative():
    answers = approve_together(make_application("IN_REVIEW"))

    assert {type(answer) for answer in answers} == {type(None), operations.WrongState}
    assert Partner.objects.count() == 1


def test_twin_without_the_lock_the_second_approval_runs_into_the_database(monkeypatch):
    application = make_application("IN_REVIEW")
    unlock(monkeypatch, steps, read=slowly)

    assert {type(answer) for answer in approve_together(application)} == {type(None), IntegrityError}


def test_one_code_typed_twice_at_once_opens_once():
    answers = activate_together(make_application("AGREED"))

    assert {type(answer) for answer in answers} == {User, operations.WrongState}
    assert Membership.objects.count() == 1


def test_twin_without_the_lock_the_second_code_runs_into_the_database(monkeypatch):
    application = make_application("AGREED")
    unlock(monkeypatch, steps, read=slowly)

    assert operations.WrongState not in {type(answer) for answer in activate_together(application)}


def agree_together(application):
    operations.propose_phone(
        application_id=application.pk,
        phone="+212740155555",
        reason="The phone was stolen.",
        by=make_staff("catalogue"),
        now=timezone.now(),
    )
    people = [make_staff("catalogue"), make_staff("catalogue")]

    def agree(number):
        operations.agree_to_phone(application_id=application.pk, by=people[number], now=timezone.now())

    return run_together(agree, workers=2, expected=(operations.NothingAsked, DatabaseError))


def test_two_who_agree_to_another_phone_at_once_change_it_once():
    application = make_application("APPROVED")

    answers = agree_together(application)

    assert {type(answer) for answer in answers} == {type(None), operations.NothingAsked}
    assert application.steps.filter(kind="phone_set").count() == 1


def test_twin_without_the_lock_only_the_database_stops_the_second_agreement(monkeypatch):
    application = make_application("APPROVED")
    unlock(monkeypatch, steps, meet=2)

    answers = agree_together(application)

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], DatabaseError)
