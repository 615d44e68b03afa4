"""Two people record the same papers, or a rule for the same country, at the same moment. Each race has its twin."""

import threading
from datetime import date
from unittest.mock import patch

import pytest
from django.db import IntegrityError
from django.utils import timezone

from fulfilment.shipping.arrivals import operations as arrivals
from fulfilment.shipping.models import ImportRule, SendingPermission
from fulfilment.shipping.sending import operations as sending
from tests.factories.orders import refuse_to
from tests.support.races import run_together

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def permit():
    return sending.permit(
        cooperative=None,
        block="EU",
        ship_flag="ANIMAL_ORIGIN_HONEY",
        reference="TRACES-1",
        valid_from=date(2026, 1, 1),
        valid_until=None,
        recorded_by=None,
        recorded_at=timezone.now(),
    )


def record():
    return arrivals.record_import_rule(
        block="EU", country="", valid_from=date(2026, 7, 1), valid_until=None, regime="local", confidence="known"
    )


RACES = [
    (permit, sending, sending.PermittedAlready, SendingPermission),
    (record, arrivals, arrivals.AnotherRuleThen, ImportRule),
]


@pytest.mark.parametrize(("write", "module", "refusal", "model"), RACES)
def test_of_four_who_record_the_same_one_does_and_the_others_are_told(write, module, refusal, model):
    refuse_to("EU", "ANIMAL_ORIGIN_HONEY", "review")

    answers = run_together(write, workers=PEOPLE, expected=refusal)

    assert sum(isinstance(answer, refusal) for answer in answers) == PEOPLE - 1
    assert model.objects.count() == 1


@pytest.mark.parametrize(("write", "module", "refusal", "model"), RACES)
def test_without_the_lock_the_others_meet_the_database_s_own_refusal(write, module, refusal, model):
    refuse_to("EU", "ANIMAL_ORIGIN_HONEY", "review")
    meeting = threading.Barrier(PEOPLE)
    create = model.objects.create

    def create_together(**fields):
        meeting.wait(timeout=30)
        return create(**fields)

    with (
        patch.object(module, "advisory_lock", lambda name: None),
        patch.object(model.objects, "create", create_together),
    ):
        answers = run_together(write, workers=PEOPLE, expected=IntegrityError)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == PEOPLE - 1
    assert model.objects.count() == 1
