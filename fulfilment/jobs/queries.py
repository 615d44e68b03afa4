"""What people and probes ask about jobs."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from .models import Heartbeat, Job

WAITS = Q(state=Job.State.DEAD, let_be_at=None)
"""A dead letter that someone must see to."""


def dead() -> QuerySet[Job]:
    """Dead letters that nobody let be, the newest first."""
    return Job.objects.filter(WAITS).order_by("-run_at", "-pk")


def let_be() -> QuerySet[Job]:
    """Dead letters that someone let be, the latest first, with who said why."""
    found = Job.objects.filter(state=Job.State.DEAD, let_be_at__isnull=False)
    return found.prefetch_related("let_be__by").order_by("-let_be_at", "-pk")


def counts() -> dict[tuple[str, str], int]:
    """How many jobs by queue and state, without those that are finished or let be."""
    open_ones = Job.objects.exclude(state=Job.State.DONE).filter(let_be_at=None)
    rows = open_ones.values_list("queue", "state").annotate(Count("pk"))
    return {(queue, state): number for queue, state, number in rows}


def oldest_waiting(now: datetime) -> timedelta:
    """How long the job that is due and has waited longest has waited."""
    waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now)
    since = waiting.aggregate(since=Min("run_at"))["since"]
    return now - since if since else timedelta()


def last_beat(name: str) -> datetime | None:
    """When a kind of process (``relay``, ``worker``, ``worker-money``) last proved that it works."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
