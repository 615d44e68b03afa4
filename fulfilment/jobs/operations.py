"""The life of a job row: written with its cause, claimed by one worker, finished by whoever still holds the lease."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, QuerySet

from catalogue.kernel.events import OutsideTransaction
from catalogue.kernel.locks import lock_one

from . import policies, registry
from .models import BeatSlot, Heartbeat, Job, LetBe

logger = logging.getLogger(__name__)
SLOT_KEY = policies.SLOT_KEY
LONGEST = 300
DEAD_LETTER = "Job %s (%s) is a dead letter: %s"


@dataclass(frozen=True)
class Claim:
    """The right to do a job until the lease ends."""

    job_id: int
    task: str
    payload: dict[str, Any]
    attempts: int
    lease: UUID


class NotDead(Exception):
    """Only a dead job that nobody let be yet is let be."""


class NoReason(Exception):
    """A job is let be with words."""


class LeaseLost(Exception):
    """Someone else may have the job by now; nothing of this attempt may be kept."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        super().__init__(f"The lease on job {job_id} ran out before the work was done.")


def enqueue(
    *,
    task: str,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    queue: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Write a job row in the caller's transaction; a key that was used before changes nothing."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("Write a job inside the transaction that caused it.")
    declared = registry.find(task)
    job = Job(task=task, key=key, payload=payload, queue=queue or declared.queue, run_at=run_at or now, created_at=now)
    Job.objects.bulk_create([job], ignore_conflicts=True)


@transaction.atomic
def claim(*, job_id: int, now: datetime) -> Claim | None:
    """Take a due job, or give nothing when it is done, not due, or another worker's.

    The attempt is counted and committed before the work starts: a job that kills its process still uses it up.
    """
    job = Job.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=job_id).first()
    if job is None or job.state != Job.State.WAITING or job.run_at > now:
        return None
    lease = uuid4()
    Job.objects.filter(pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        lease=lease,
        leased_until=policies.lease_ends(job.queue, now),
    )
    return Claim(job_id, job.task, job.payload, job.attempts + 1, lease)


def finish(*, claim: Claim, now: datetime) -> None:
    """Mark the job done, if the lease is still ours."""
    if not _held(claim).update(state=Job.State.DONE, done_at=now, lease=None, leased_until=None, last_error=""):
        raise LeaseLost(claim.job_id)


def fail(*, claim: Claim, error: str, now: datetime) -> None:
    """Plan the next try, or bury the job after its last one and say so in the error log.

    A slot of the schedule that a later one has followed is over instead, with its error kept: the later one does
    the same work, and a dead letter each minute would hide those that somebody must see to.
    """
    over = _superseded(Job.objects.values_list("key", flat=True).get(pk=claim.job_id))
    dead = not over and claim.attempts >= registry.find(claim.task).attempts
    changed = _held(claim).update(
        state=Job.State.DONE if over else Job.State.DEAD if dead else Job.State.WAITING,
        done_at=now if over else None,
        run_at=now if dead or over else policies.next_try(claim.attempts, now),
        rung_at=None,
        lease=None,
        leased_until=None,
        last_error=error[:4000],
    )
    if not changed:
        raise LeaseLost(claim.job_id)
    if over:
        _report("Job %s (%s) failed and gives way to its next slot: %s", claim.job_id, claim.task, error)
    elif dead:
        _report(DEAD_LETTER, claim.job_id, claim.task, error)


@transaction.atomic
def reclaim_lost(*, now: datetime) -> int:
    """Give jobs back whose worker fell silent; those that used up their attempts are dead letters."""
    lost = list(
        Job.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state=Job.State.RUNNING, leased_until__lt=now)
        .order_by("pk")[:500]
    )
    for job in lost:
        over = _superseded(job.key)
        dead = not over and job.attempts >= _attempts(job.task)
        job.state = Job.State.DONE if over else Job.State.DEAD if dead else Job.State.WAITING
        job.done_at = now if over else None
        job.last_error = f"The worker fell silent in attempt {job.attempts}."
        job.run_at, job.rung_at, job.lease, job.leased_until = now, None, None, None
        if dead:
            _report(DEAD_LETTER, job.pk, job.task, job.last_error)
    Job.objects.bulk_update(lost, ["state", "done_at", "last_error", "run_at", "rung_at", "lease", "leased_until"])
    return len(lost)


def revive(*, job_id: int, now: datetime) -> bool:
    """Try a dead job again from the start, after someone has removed the cause."""
    return bool(_revive(Job.objects.filter(pk=job_id), now))


def revive_keys(*, keys: Iterable[str], now: datetime) -> int:
    """Try those of these jobs that are dead again from the start; return how many they are."""
    return _revive(Job.objects.filter(key__in=list(keys)), now)


@transaction.atomic
def let_be(*, job_id: int, reason: str, by: Any, now: datetime) -> Job:
    """Let a dead job be, with a reason: nobody has to see to it any more. It stays, and may still be tried again.

    Raises ``NoReason`` or ``NotDead``.
    """
    if not reason.strip():
        raise NoReason
    job = lock_one(Job.objects.filter(pk=job_id))
    if job.state != Job.State.DEAD or job.let_be_at is not None:
        raise NotDead(job.key)
    LetBe.objects.create(job=job, by=by, at=now, reason=reason.strip()[:LONGEST])
    job.let_be_at = now
    job.save(update_fields=["let_be_at"])
    return job


@transaction.atomic
def fire_slot(*, name: str, slot_at: datetime, task: str, payload: dict[str, Any], now: datetime) -> bool:
    """Write the job of one slot of the schedule, once however many schedulers run."""
    _, fired = BeatSlot.objects.get_or_create(name=name, slot_at=slot_at)
    if fired:
        slot = f"{slot_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        enqueue(task=task, key=f"{SLOT_KEY}{name}:{slot}", payload=payload, now=now)
    return fired


def beat(*, name: str, now: datetime) -> None:
    """Note that a kind of process works."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["beat_at"]
    )


def forget_old(*, now: datetime) -> int:
    """Delete what was done a month ago; dead letters stay until someone has seen to them."""
    before = now - timedelta(days=30)
    BeatSlot.objects.filter(slot_at__lt=before).delete()
    done = Job.objects.filter(state=Job.State.DONE, done_at__lt=before, key__startswith=SLOT_KEY, let_be=None)
    deleted, _ = done.delete()
    return deleted


def _revive(jobs: QuerySet[Job], now: datetime) -> int:
    return jobs.filter(state=Job.State.DEAD).update(
        state=Job.State.WAITING, attempts=0, run_at=now, rung_at=None, let_be_at=None
    )


def _held(claim: Claim) -> Any:
    return Job.objects.filter(pk=claim.job_id, state=Job.State.RUNNING, lease=claim.lease)


def _attempts(task: str) -> int:
    try:
        return registry.find(task).attempts
    except registry.UnknownJob:
        return policies.ATTEMPTS  # its code was removed; the row must still come to an end


def _superseded(key: str) -> bool:
    """Tell whether a job is a slot of the schedule that a later slot has followed."""
    if not key.startswith(SLOT_KEY):
        return False
    name, _, slot = key.removeprefix(SLOT_KEY).partition(":")
    next_second = datetime.fromisoformat(f"{slot}+00:00") + timedelta(seconds=1)
    return BeatSlot.objects.filter(name=name, slot_at__gte=next_second).exists()


def _report(what: str, job_id: int, task: str, error: str) -> None:
    logger.error(what, job_id, task, error.strip().splitlines()[-1] if error else "")
