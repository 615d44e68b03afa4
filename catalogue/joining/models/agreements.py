"""On which terms a cooperative works with the office: the fees it agreed to, how and how often it is paid."""

from django.conf import settings
from django.db import models

from catalogue.cooperatives.models import Partner
from catalogue.pricing.models import Dated
from catalogue.pricing.models.dated import ends_after_start, never_two

METHODS = Partner._meta.get_field("payout_method").choices
CYCLES = Partner._meta.get_field("payout_cycle").choices


class FeeAgreement(Dated):
    """The fees that hold for a cooperative from a day on, as they were shown to it, and its payout terms.

    ``fees`` are rows of the schedule on the first day: {"part", "family" (French name or ""), "basis", "value"}.
    A row is ended, never edited, like every dated row.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="fee_agreements")
    fees = models.JSONField()
    payout_method = models.CharField(max_length=20, choices=METHODS)
    payout_cycle = models.CharField(max_length=12, choices=CYCLES)

    class Meta:
        ordering = ["-valid_from", "-pk"]
        default_permissions = ("view", "add")
        constraints = [
            ends_after_start("fee_agreement_ends_after_start"),
            never_two("fee_agreements_follow_each_other", "cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id} {self.valid_from}"


class PayoutTerms(models.Model):
    """How and how often a cooperative is paid from a moment on, who set it and why. Rows are only added.

    The last one is what the cooperative's own row says, which runs read.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="payout_terms")
    method = models.CharField(max_length=20, choices=METHODS)
    cycle = models.CharField(max_length=12, choices=CYCLES)
    former_method = models.CharField(max_length=20, choices=METHODS)
    former_cycle = models.CharField(max_length=12, choices=CYCLES)
    agreement = models.ForeignKey(
        FeeAgreement, null=True, blank=True, on_delete=models.PROTECT, related_name="payout_terms"
    )
    reason = models.CharField(max_length=200, blank=True, help_text="where no agreement says it")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-pk"]
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(
                name="payout_terms_have_a_reason",
                condition=~models.Q(reason="") | models.Q(agreement__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id}: {self.method}, {self.cycle}"
