"""What the bank says became of payouts: its files, and the lines of them that are about payouts. Amounts are MAD."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .runs import PERSON, Payout


class BankFile(models.Model):
    """A statement of our account, taken in once. ``others`` lines of it are not about payouts and are not kept.

    ``first_day`` and ``last_day`` are those its lines were booked on; those of before were not kept, nor the account.
    """

    class Kind(models.TextChoices):
        CAMT053 = "camt053", "camt.053"
        CSV = "csv", "CSV"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=7, choices=Kind)
    sha256 = models.CharField(max_length=64, unique=True)
    statement = models.CharField(max_length=70, help_text="the bank's own number of it")
    opening = models.DecimalField(max_digits=14, decimal_places=2)
    closing = models.DecimalField(max_digits=14, decimal_places=2)
    account = models.CharField(max_length=34, blank=True, help_text="our IBAN")
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    others = models.PositiveIntegerField(default=0)
    taken_in_at = models.DateTimeField()
    taken_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)

    class Meta:
        ordering = ["-taken_in_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class BankFileLine(models.Model):
    """A line as the bank wrote it, and what it did here. One that waits is closed by a person, who says why."""

    class Outcome(models.TextChoices):
        SETTLED = "SETTLED", _("paid")
        RETURNED = "RETURNED", _("returned by the bank")
        KNOWN = "KNOWN", pgettext_lazy("bank line", "told before")
        HELD = "HELD", pgettext_lazy("bank line", "waits for a person")

    class Why(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("No payout has this reference.")
        NOT_SENT = "NOT_SENT", _("The payout was not sent to the bank.")
        OTHER_AMOUNT = "OTHER_AMOUNT", _("The payout is of another amount.")
        TWICE = "TWICE", _("The payout was paid before, by another line.")
        RETURNED = "RETURNED", _("The payout was returned before.")
        SEVERAL = "SEVERAL", _("Several payouts fit it.")

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    is_credit = models.BooleanField(help_text="money that came back")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    booked_on = models.DateField()
    reference = models.CharField(max_length=70, blank=True, help_text="the bank's own, of the line")
    end_to_end_id = models.CharField(max_length=70, blank=True)
    account = models.CharField(max_length=34, blank=True, help_text="of the other side, as the bank wrote it")
    reason = models.CharField(max_length=140, blank=True, help_text="why it came back, as the bank wrote it")
    outcome = models.CharField(max_length=8, choices=Outcome)
    why = models.CharField(max_length=12, choices=Why, blank=True)
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_lines")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    closed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["file_id", "number"]
        indexes = [
            models.Index(name="bank_line_waits", fields=["outcome"], condition=Q(outcome="HELD", closed_at=None))
        ]
        constraints = [
            models.UniqueConstraint(name="bank_line_once", fields=["file", "number"]),
            models.CheckConstraint(name="bank_line_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="bank_line_waits_for_a_reason", condition=Q(outcome="HELD") ^ Q(why="")),
            models.CheckConstraint(
                name="bank_line_ends_a_payout", condition=Q(outcome="HELD") | Q(payout__isnull=False)
            ),
            models.CheckConstraint(
                name="bank_line_closed_with_reason",
                condition=Q(closed_at=None, closed_why="")
                | Q(outcome="HELD", closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.number}"
