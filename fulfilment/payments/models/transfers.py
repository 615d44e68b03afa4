"""Money that came by bank transfer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.pricing.models import Currency

from .attempts import PaymentAttempt


class BankCredit(models.Model):
    """A line of our bank's statement: money that someone sent. ``reference`` is the bank's own, so it counts once.

    ``attempt`` is the payment it pays for or, while it waits, the one that its ``message`` names. A trigger keeps what
    the bank said as it was said; only what a person decides is written later.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("waits for a person")
        SETTLED = "SETTLED", _("paid an order")
        RETURNED = "RETURNED", _("sent back")

    class Why(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("It names no order that we know.")
        NOT_BY_TRANSFER = "NOT_BY_TRANSFER", _("The order it names is not paid by transfer.")
        PAID_ALREADY = "PAID_ALREADY", _("The order it names is paid already.")
        ENDED = "ENDED", _("The order it names has ended, and cannot be taken up again.")
        OTHER_CURRENCY = "OTHER_CURRENCY", _("The order it names is in another currency.")
        OTHER_AMOUNT = "OTHER_AMOUNT", _("The order it names is for another amount.")

    reference = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    value_on = models.DateField()
    payer_name = models.CharField(max_length=150)
    message = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    attempt = models.ForeignKey(PaymentAttempt, null=True, blank=True, on_delete=models.PROTECT, related_name="credits")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_as = models.CharField(
        max_length=40, null=True, blank=True, unique=True, help_text="the bank's reference of the way back"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(name="bank_credit_waiting", fields=["recorded_at"], condition=Q(state="WAITING"))]
        constraints = [
            models.UniqueConstraint(name="bank_credit_once", fields=["reference"]),
            models.CheckConstraint(name="bank_credit_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="bank_credit_reference_is_plain", condition=Q(reference__regex=r"^[0-9A-Z./-]+$")
            ),
            models.CheckConstraint(name="bank_credit_says_why_it_waits", condition=~Q(state="WAITING") | ~Q(why="")),
            models.CheckConstraint(
                name="bank_credit_settles_something", condition=~Q(state="SETTLED") | Q(attempt__isnull=False)
            ),
            models.CheckConstraint(
                name="bank_credit_returned_with_a_reference",
                condition=Q(state="RETURNED", returned_as__isnull=False)
                | (~Q(state="RETURNED") & Q(returned_as__isnull=True)),
            ),
            models.CheckConstraint(
                name="bank_credit_decided_at", condition=Q(state="WAITING") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference
