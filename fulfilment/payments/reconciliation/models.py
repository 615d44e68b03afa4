"""Runs of the comparison with the provider's account, what each found, and the differences that people close."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """The list that a difference stands on."""

    OURS_ONLY = "OURS_ONLY", _("only ours")
    THEIRS_ONLY = "THEIRS_ONLY", _("only theirs")
    DIFFERENT = "DIFFERENT", pgettext_lazy("reconciliation", "different")


class ReconciliationRun(models.Model):
    """One comparison of a span of time. Written once. ``failure`` says why the provider's side could not be read."""

    since = models.DateTimeField()
    until = models.DateTimeField()
    ran_at = models.DateTimeField()
    compared = models.PositiveIntegerField(default=0, help_text="what both sides say alike")
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-ran_at", "-pk"]
        constraints = [models.CheckConstraint(name="reconciliation_run_span", condition=Q(since__lt=F("until")))]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"


class Sides(models.Model):
    """What each side says of one movement: amounts with their currency, nothing where it knows none."""

    kind = models.CharField(max_length=11, choices=Kind)
    ours = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    ours_currency = models.CharField(max_length=3, blank=True)
    ours_fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="of a dispute")
    theirs = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    theirs_currency = models.CharField(max_length=3, blank=True)
    theirs_fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="of a dispute")
    moved_at = models.DateTimeField(null=True, blank=True, help_text="at the provider, else with us")
    order = models.ForeignKey("order.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey("payment.Refund", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class ReconciliationRow(Sides):
    """One difference that one run found, under the provider's own id for it. Written once."""

    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="rows")
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="reconciliation_row_once", fields=["run", "source"])]

    def __str__(self) -> str:
        return f"{self.source}: {self.kind}"


class Discrepancy(Sides):
    """A difference as people see to it, once by the provider's id, with what the last run that found it said.

    A person closes it with a reason; a later run that finds it again opens it again.
    """

    source = models.CharField(max_length=120, unique=True)
    first_found_at = models.DateTimeField()
    last_found_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["first_found_at", "pk"]
        indexes = [models.Index(name="discrepancy_open", fields=["first_found_at"], condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.source


class DiscrepancyNote(models.Model):
    """What someone did or wrote about a difference, or that a run found it again. Rows are only added."""

    class Kind(models.TextChoices):
        TAKEN = "TAKEN", pgettext_lazy("discrepancy", "taken up")
        NOTED = "NOTED", pgettext_lazy("discrepancy", "noted")
        CLOSED = "CLOSED", pgettext_lazy("discrepancy", "closed")
        REOPENED = "REOPENED", _("found again")

    discrepancy = models.ForeignKey(Discrepancy, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="discrepancy_closed_by_a_reason", condition=~Q(kind__in=("CLOSED", "NOTED")) | ~Q(text="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"
