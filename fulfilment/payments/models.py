"""Attempts to be paid. An order may need several; the provider's key is stored before the provider is called."""

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
        ]

    def __str__(self) -> str:
        return self.idempotency_key


from oscar.apps.payment.models import *
