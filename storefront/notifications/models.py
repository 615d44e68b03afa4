"""Every message the shop sends to someone: written with what caused it, sent once by a job."""

from django.db import models
from django.db.models import Q

CODE = "code"
"""How the kinds of messages with a one-time code end: ``account.code``, ``account.login_code``, ``order_code``."""


class Message(models.Model):
    class Channel(models.TextChoices):
        MAIL = "mail"
        SMS = "sms"

    class State(models.TextChoices):
        WAITING = "WAITING"
        SENT = "SENT"
        FAILED = "FAILED"

    key = models.CharField(max_length=200, unique=True, help_text="one message per key, ever")
    kind = models.CharField(max_length=40)
    order = models.ForeignKey("order.Order", null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=4, choices=Channel)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="message_sent_has_time", condition=~Q(state="SENT") | Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def holds_a_code(self) -> bool:
        """Tell whether it carries a one-time code, which nobody but its reader may see."""
        return self.kind.endswith(CODE)


class Refusal(models.Model):
    """What someone said of reminders to one address: no more, or again. The last row counts; rows are only added."""

    contact = models.CharField(max_length=254, help_text="a mail address in small letters, or a phone (E.164)")
    refused = models.BooleanField()
    at = models.DateTimeField()
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, related_name="+", help_text="by whose link it was said"
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(name="refusal_by_contact", fields=["contact", "-id"])]
        constraints = [models.CheckConstraint(name="refusal_has_contact", condition=~Q(contact=""))]

    def __str__(self) -> str:
        return f"{self.contact}: {'no more' if self.refused else 'again'}"


from oscar.apps.communication.models import *
