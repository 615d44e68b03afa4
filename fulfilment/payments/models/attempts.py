"""Attempts to be paid: keys are stored before the provider is called."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import ZERO
from catalogue.pricing.models import Currency
from fulfilment.orders.models import Order
from fulfilment.payments.gateways.base import Payment

PROVIDERS = [
    ("stripe", "Stripe"),
    ("cash", _("cash on delivery")),
    ("transfer", _("bank transfer")),
    ("acquirer", _("acquirer in Morocco")),
]


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
    provider = models.CharField(max_length=20, choices=PROVIDERS)
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
    hold = models.BooleanField(default=False, db_default=False, help_text="frozen: hold the card, capture later")
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
            models.CheckConstraint(name="attempt_cash_is_not_held", condition=~Q(provider="cash", hold=True)),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    def as_payment(self) -> Payment:
        """Say what our own rows know of it: all that is known where nobody else can be asked."""
        lines = list(self.credits.filter(state="SETTLED").order_by("pk"))
        received = sum((line.amount for line in lines), ZERO) or self.captured
        return Payment(
            id=self.idempotency_key,
            state=self.State.SUCCEEDED if lines else self.state,
            amount=self.amount,
            currency=self.currency,
            received=received,
            metadata={"order_number": self.order.number, "attempt": str(self.number)},
            charge_id=lines[0].reference if lines else "",
        )
