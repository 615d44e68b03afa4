"""What must be true of jobs."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from catalogue.kernel.invariants import invariant

from . import policies, queries, registry
from .models import Job

SILENCE = timedelta(minutes=10)
"""A relay looks for lost leases every ten seconds: one this old means that none runs."""


@invariant("jobs: every open job is one that the code knows")
def known() -> Iterable[object]:
    return Job.objects.exclude(state__in=[Job.State.DONE, Job.State.DEAD]).exclude(task__in=registry.names())


@invariant("jobs: no worker holds a job beyond its lease")
def leases() -> Iterable[object]:
    return Job.objects.filter(state=Job.State.RUNNING, leased_until__lt=timezone.now() - SILENCE)


@invariant("jobs: none was tried more often than allowed")
def attempts() -> Iterable[object]:
    names = registry.names()
    too_often = Q(attempts__gt=policies.ATTEMPTS) & ~Q(task__in=names)
    for name in names:
        too_often |= Q(task=name, attempts__gt=registry.find(name).attempts)
    return Job.objects.filter(too_often)


@invariant("jobs: no dead letters")
def dead() -> Iterable[object]:
    return queries.dead()
