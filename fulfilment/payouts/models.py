"""What each cooperative is owed and when it was paid. Amounts in MAD, excluding tax."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PayoutRun(models.Model):
    """One passing over everything payable at a cut-off."""

    reference = models.CharField(max_length=30, unique=True)
    cut_off_at = models.DateTimeField()
    run_at = models.DateTimeField()
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.reference


class Payout(models.Model):
    """One payment to one cooperative in one run."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("drafted")
        APPROVED = "APPROVED", _("approved")
        EXPORTED = "EXPORTED", _("sent to the bank")
        SETTLED = "SETTLED", _("paid")
        RETURNED = "RETURNED", _("returned by the bank")

    reference = models.CharField(max_length=35, unique=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payouts")
    amount_mad = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    method = models.CharField(max_length=20)
    rib = models.CharField(max_length=24, help_text="the account it was paid to, frozen")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="payout_once_per_run", fields=["run", "cooperative"]),
            models.CheckConstraint(name="payout_positive", condition=Q(amount_mad__gt=0)),
            models.CheckConstraint(
                name="payout_settled_has_time", condition=~Q(state="SETTLED") | Q(settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Payable(models.Model):
    """What one delivered order line earned its cooperative: the frozen farm-gate amount, once."""

    class State(models.TextChoices):
        ACCRUED = "ACCRUED", _("earned")
        PAYABLE = "PAYABLE", _("to be paid")
        SETTLED = "SETTLED", _("paid")

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payables")
    order_line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="payable")
    amount_mad = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=8, choices=State, default=State.PAYABLE)
    earned_at = models.DateTimeField()
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.PROTECT, related_name="payables")

    class Meta:
        ordering = ["earned_at", "pk"]
        constraints = [
            models.CheckConstraint(name="payable_not_negative", condition=Q(amount_mad__gte=0)),
            models.CheckConstraint(
                name="payable_settled_by_a_payout",
                condition=(Q(state="SETTLED") & Q(payout__isnull=False))
                | (~Q(state="SETTLED") & Q(payout__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}: {self.amount_mad} MAD"
