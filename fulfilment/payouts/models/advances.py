"""Money that a cooperative is given before it earned it, and what its payouts take back of it. Amounts are MAD.

What the triggers hold stands in ``migrations/0012_advances_stay``.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from fulfilment.payouts.policies import MOST_INSTALMENTS, instalment

from .runs import PERSON, Payout


class Advance(models.Model):
    """An advance as it was asked for; once it is approved the next payout pays it and those after take it back.

    ``entry`` made it owed; ``limit_mad`` is what the cooperative might have in all when it was approved. What is left
    of it is not kept: it is the amount less the ``repayments`` that stand (``advances``).
    """

    class State(models.TextChoices):
        ASKED = "ASKED", pgettext_lazy("advance", "waits for an answer")
        APPROVED = "APPROVED", pgettext_lazy("advance", "approved")
        REFUSED = "REFUSED", pgettext_lazy("advance", "refused")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("advance", "withdrawn")

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="advances")
    amount_mad = models.DecimalField(max_digits=12, decimal_places=2)
    instalments = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_INSTALMENTS)], help_text="payouts that take it back"
    )
    purpose = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    limit_mad = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="advance"
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        default_permissions = ("view", "add")
        permissions = [("approve_advance", "Can approve an advance that somebody else asked for")]
        constraints = [
            models.UniqueConstraint(name="advance_one_asked", fields=["cooperative"], condition=Q(state="ASKED")),
            models.CheckConstraint(name="advance_positive", condition=Q(amount_mad__gt=0)),
            models.CheckConstraint(
                name="advance_instalments", condition=Q(instalments__gte=1, instalments__lte=MOST_INSTALMENTS)
            ),
            models.CheckConstraint(
                name="advance_decided",
                condition=Q(state="ASKED", decided_at=None, decided_by=None, reason="")
                | Q(decided_at__gte=F("asked_at"), decided_by__isnull=False),
            ),
            models.CheckConstraint(name="advance_refused_with_reason", condition=~Q(state="REFUSED") | ~Q(reason="")),
            models.CheckConstraint(
                name="advance_approved_by_another", condition=~Q(state="APPROVED") | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="advance_approved_is_booked",
                condition=Q(state="APPROVED", entry__isnull=False, limit_mad__gte=F("amount_mad"))
                | ~Q(state="APPROVED") & Q(entry=None, limit_mad=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"ADV-{self.pk:06d}"

    @property
    def instalment_mad(self) -> Decimal:
        return instalment(self.amount_mad, self.instalments)


class AdvanceRepayment(models.Model):
    """What one payout takes back of one advance. It counts unless the payout was thrown away or came back."""

    VOID = (Payout.State.CANCELLED, Payout.State.RETURNED)

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="repayments")
    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="repayments")
    amount_mad = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="repayment_once", fields=["payout", "advance"]),
            models.CheckConstraint(name="repayment_positive", condition=Q(amount_mad__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.amount_mad} of {self.advance_id}"
