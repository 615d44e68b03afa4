"""What people and probes ask about jobs."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet

from .models import Heartbeat, Job


def dead() -> QuerySet[Job]:
    """Dead letters, the newest first."""
    return Job.objects.filter(state=Job.State.DEAD).order_by("-run_at", "-pk")


def counts() -> dict[tuple[str, str], int]:
    """How many jobs by queue and state, finished ones left out."""
    rows = Job.objects.exclude(state=Job.State.DONE).values_list("queue", "state").annotate(Count("pk"))
    return {(queue, state): number for queue, state, number in rows}


def oldest_waiting(now: datetime) -> timedelta:
    """How long the job that is due and has waited longest has waited."""
    waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now)
    since = waiting.aggregate(since=Min("run_at"))["since"]
    return now - since if since else timedelta()


def last_beat(name: str) -> datetime | None:
    """When a kind of process (``relay``, ``worker``, ``worker-money``) last proved that it works."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
