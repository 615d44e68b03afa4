"""Two who agree to one owner of a cooperative at once. The race has a twin without the lock."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from catalogue.cooperatives import operations
from catalogue.cooperatives.models import CooperativeStep, Membership
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff
from tests.support.races import run_together, unlock

pytestmark = pytest.mark.django_db(transaction=True)


def agree_together():
    appointment = operations.propose_owner(
        cooperative_id=make_cooperative().pk,
        phone="+212662222222",
        name="Fatima",
        reason="Elected.",
        by=make_staff("catalogue"),
        now=timezone.now(),
    )
    people = [make_staff("catalogue"), make_staff("catalogue")]

    def agree(number):
        operations.agree_to_owner(appointment_id=appointment.pk, by=people[number], now=timezone.now())

    return run_together(agree, workers=2, expected=(operations.NotWaiting, DatabaseError))


def test_two_who_agree_at_once_make_one_owner():
    answers = agree_together()

    assert {type(answer) for answer in answers} == {type(None), operations.NotWaiting}
    assert (Membership.objects.count(), CooperativeStep.objects.filter(kind="owner_made").count()) == (1, 1)


def test_twin_without_the_lock_only_the_database_stops_the_second(monkeypatch):
    unlock(monkeypatch, operations, meet=2)

    answers = agree_together()

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], DatabaseError)
