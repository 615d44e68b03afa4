"""Work to be done after a transaction commits. The row is the truth; the broker only rings."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "WAITING"
        RUNNING = "RUNNING"
        DONE = "DONE"
        DEAD = "DEAD"

    class Queue(models.TextChoices):
        MONEY = "money"
        DEFAULT = "default"
        MAIL = "mail"
        BULK = "bulk"

    task = models.CharField(max_length=120)
    key = models.CharField(max_length=200, unique=True, help_text="one job per key, ever")
    payload = models.JSONField(default=dict)
    queue = models.CharField(max_length=8, choices=Queue, default=Queue.DEFAULT)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True, help_text="last published to the broker")
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    let_be_at = models.DateTimeField(null=True, blank=True, help_text="someone said why nobody sees to it any more")

    class Meta:
        permissions = [("let_be_job", "Can let a job that failed be, with a reason")]
        indexes = [
            models.Index(name="job_open_by_time", fields=["run_at"], condition=Q(state__in=["WAITING", "RUNNING"])),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_running_has_a_lease",
                condition=Q(state="RUNNING", lease__isnull=False, leased_until__isnull=False)
                | (~Q(state="RUNNING") & Q(lease__isnull=True, leased_until__isnull=True)),
            ),
            models.CheckConstraint(name="job_done_has_time", condition=~Q(state="DONE") | Q(done_at__isnull=False)),
            models.CheckConstraint(name="job_let_be_is_dead", condition=Q(let_be_at=None) | Q(state="DEAD")),
        ]

    def __str__(self) -> str:
        return self.key


class LetBe(models.Model):
    """Why a dead job was let be, and by whom. Rows are only added; a job that is tried again keeps its own."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="let_be")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(name="job_let_be_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.reason}"


class BeatSlot(models.Model):
    """One firing of a scheduled job; the unique row makes a second scheduler harmless."""

    name = models.CharField(max_length=80)
    slot_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="beat_slot_once", fields=["name", "slot_at"])]

    def __str__(self) -> str:
        return f"{self.name} {self.slot_at}"


class Heartbeat(models.Model):
    """When a kind of process last proved that it works (canary job, relay loop)."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
