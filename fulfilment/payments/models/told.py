"""What providers told by themselves: hints only."""

from django.db import models
from django.db.models import Q


class StripeEvent(models.Model):
    """Something Stripe told, once by its id. A hint only: a worker asks Stripe for the object itself.

    ``payload`` holds the few fields that say what it is about, nothing of a card or a person. Rows are forgotten
    ninety days after they were processed.
    """

    class Source(models.TextChoices):
        WEBHOOK = "webhook"
        LIST = "list"

    event_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    payload = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=Source)
    created_at = models.DateTimeField(help_text="at Stripe")
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(name="stripe_event_open", fields=["created_at"], condition=Q(processed_at__isnull=True)),
            models.Index(name="stripe_event_processed", fields=["processed_at"]),
        ]

    def __str__(self) -> str:
        return self.event_id


class AcquirerNotice(models.Model):
    """Something the acquirer's signed callback told, once by its transaction. A hint only, as Stripe's events are."""

    transaction = models.CharField(max_length=64, unique=True)
    payment_id = models.CharField(max_length=120)
    result = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.transaction
