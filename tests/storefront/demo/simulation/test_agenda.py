"""Things happen in the order of their instants, and the clock shows those."""

from datetime import timedelta

import pytest
from django.db import transaction

from catalogue.kernel import periods
from fulfilment.jobs.models import Job
from fulfilment.jobs.operations import enqueue
from storefront.demo.simulation.agenda import Agenda
from storefront.demo.simulation.operations import FIRST

pytestmark = pytest.mark.django_db
BEGINS = periods.start_of(FIRST)


def run(agenda: Agenda, days: int = 3) -> int:
    return len(list(agenda.days(FIRST + timedelta(days=days))))


def test_later_things_happen_later_whoever_wrote_them_first():
    agenda, seen = Agenda(BEGINS), []
    for hours in (30, 5, 20):
        agenda.at(BEGINS + timedelta(hours=hours), lambda now, hours=hours: seen.append((hours, agenda.clock() == now)))

    assert run(agenda) == 3
    assert seen == [(5, True), (20, True), (30, True)]


def test_what_follows_of_a_thing_never_lies_before_it():
    agenda, seen = Agenda(BEGINS), []
    agenda.at(BEGINS + timedelta(hours=9), lambda now: agenda.at(BEGINS, seen.append))

    run(agenda)

    assert seen == [BEGINS + timedelta(hours=9)]


def test_what_lies_beyond_the_last_day_never_happens():
    agenda, seen = Agenda(BEGINS), []
    agenda.at(BEGINS + timedelta(days=3), seen.append)

    run(agenda)

    assert seen == []


def test_jobs_are_done_with_what_caused_them_and_letters_are_not_written():
    def cause(now):
        with transaction.atomic():
            enqueue(task="fulfilment.jobs.canary", key="a", payload={"name": "simulated"}, now=now)
            enqueue(task="storefront.notifications.forget_old", key="b", payload={"no": "such argument"}, now=now)

    agenda = Agenda(BEGINS)
    agenda.at(BEGINS, cause)

    run(agenda)

    assert set(Job.objects.values_list("key", "state")) == {("a", "DONE"), ("b", "DONE")}


def test_a_job_that_fails_ends_the_year():
    def cause(now):
        with transaction.atomic():
            enqueue(task="fulfilment.jobs.canary", key="a", payload={"no": "such argument"}, now=now)

    agenda = Agenda(BEGINS)
    agenda.at(BEGINS, cause)

    with pytest.raises(TypeError):
        run(agenda)
