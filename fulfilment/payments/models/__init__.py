"""Attempts to be paid, money given back, and what the provider told. Keys are stored before the provider is called."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.pricing.models import Currency
from fulfilment.orders.models import Order


class PaymentAttempt(models.Model):
    class State(models.TextChoices):
        STARTED = "STARTED", _("started")
        REQUIRES_ACTION = "REQUIRES_ACTION", _("waiting for the buyer")
        PROCESSING = "PROCESSING", _("in progress")
        AUTHORISED = "AUTHORISED", _("authorised")
        SUCCEEDED = "SUCCEEDED", _("paid")
        FAILED = "FAILED", _("failed")
        CANCELLED = "CANCELLED", _("cancelled")
        QUARANTINED = "QUARANTINED", _("held for a person to look at")

    OPEN_STATES = (State.STARTED, State.REQUIRES_ACTION, State.PROCESSING, State.AUTHORISED)
    WAITING_STATES = (*OPEN_STATES, State.FAILED)
    """A declined card leaves the same payment open for another card."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payment_attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=20, choices=[("stripe", "Stripe"), ("cash", _("cash on delivery"))])
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    state = models.CharField(max_length=16, choices=State, default=State.STARTED)
    idempotency_key = models.CharField(max_length=120, unique=True)
    intent_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    last_error = models.CharField(max_length=300, blank=True)
    receipt_email = models.EmailField(blank=True, help_text="frozen: what is asked under a key never varies")
    charge_id = models.CharField(max_length=120, blank=True)
    captured = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="what came in, in currency")
    fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="the provider's")
    net = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    settled_currency = models.CharField(max_length=3, blank=True, help_text="of fee and net")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(name="attempt_number_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="attempt_one_success_per_order", fields=["order"], condition=Q(state="SUCCEEDED")
            ),
            models.CheckConstraint(name="attempt_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="attempt_captured_not_negative", condition=Q(captured__gte=0)),
        ]

    def __str__(self) -> str:
        return self.idempotency_key


class Refund(models.Model):
    """Money of one attempt given back, by the way it came. The row, and with it the key, is there before the call.

    A trigger keeps the sum of an attempt's refunds, those that failed left out, within what was captured.
    """

    class State(models.TextChoices):
        DUE = "DUE", _("to be sent")
        PENDING = "PENDING", _("under way")
        SUCCEEDED = "SUCCEEDED", _("given back")
        FAILED = "FAILED", _("failed: a person must see to it")

    class Reason(models.TextChoices):
        PAID_TOO_LATE = "PAID_TOO_LATE", _("paid when the order had ended")

    OPEN_STATES = (State.DUE, State.PENDING)

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    reason = models.CharField(max_length=20, choices=Reason)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    provider_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"refund-{self.pk}"


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


from oscar.apps.payment.models import *

from .disputes import Dispute, DisputeAnswer, DisputeMovement
