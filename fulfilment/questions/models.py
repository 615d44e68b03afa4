"""What a cooperative asks about a line of its statement, and what the office answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from .policies import ANSWERED, LONGEST, OPEN


class Question(models.Model):
    """All that was said about one line of one cooperative's statements. ``ledger_line`` is that line's leg.

    ``waits_since`` is when the first message was written that the office has not answered. ``owner`` is who sees to
    it at the office; nobody until someone takes it or answers.
    """

    class State(models.TextChoices):
        OPEN = OPEN, pgettext_lazy("question", "waits for an answer")
        ANSWERED = ANSWERED, pgettext_lazy("question", "answered")

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="questions")
    ledger_line = models.OneToOneField("ledger.Line", on_delete=models.PROTECT, related_name="question")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(name="question_waits", fields=["waits_since"], condition=Q(state=OPEN))]
        constraints = [
            models.CheckConstraint(name="question_waits_or_not", condition=Q(state=OPEN) ^ Q(waits_since=None)),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id}: {self.ledger_line_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Message(models.Model):
    """What one side wrote, once: the same ``key`` again finds it. Rows are only added."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="messages")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … within its question")
    by_office = models.BooleanField()
    text = models.CharField(max_length=LONGEST)
    key = models.UUIDField(unique=True, help_text="carried by the form, so that a second press finds the first")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["question_id", "number"]
        constraints = [
            models.UniqueConstraint(name="question_message_number_once", fields=["question", "number"]),
            models.CheckConstraint(name="question_message_not_empty", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.number}"
