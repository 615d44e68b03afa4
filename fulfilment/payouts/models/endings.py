"""How payments ended where the bank's statement does not say it: asked by one person, agreed to by another.

What the triggers hold stands in ``migrations/0014_endings``.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from .bank import BankFileLine
from .runs import PERSON, Payout, PayoutRun


class Ending(models.Model):
    """What one person says became of transfers of a run, and whether another agreed. Amounts are MAD.

    Either the bank did not carry them out, by a ``paper`` of its own; or a ``line`` that waited is of the one payout
    that it names, ``charges_mad`` being what the bank kept. ``blocks``: their accounts are not paid to any more.
    """

    class Kind(models.TextChoices):
        NOT_CARRIED_OUT = "NOT_CARRIED_OUT", pgettext_lazy("payout", "not carried out by the bank")
        BY_LINE = "BY_LINE", pgettext_lazy("payout", "a line of the bank is of it")

    class State(models.TextChoices):
        ASKED = "ASKED", pgettext_lazy("ending", "waits for another person")
        AGREED = "AGREED", pgettext_lazy("ending", "agreed to")
        REFUSED = "REFUSED", pgettext_lazy("ending", "refused")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("ending", "withdrawn")

    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="endings")
    kind = models.CharField(max_length=15, choices=Kind)
    payouts: "models.ManyToManyField[Payout, EndingPayout]" = models.ManyToManyField(
        Payout, through="EndingPayout", related_name="endings"
    )
    line = models.ForeignKey(BankFileLine, null=True, blank=True, on_delete=models.PROTECT, related_name="endings")
    reason = models.CharField(max_length=140)
    paper = models.CharField(max_length=80, blank=True, help_text="what the bank wrote: its message, letter or number")
    blocks = models.BooleanField(default=False)
    charges_mad = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("0.00"))
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(name="ending_asked", fields=["run"], condition=Q(state="ASKED"))]
        constraints = [
            models.UniqueConstraint(
                name="ending_line_once", fields=["line"], condition=Q(line__isnull=False, state__in=("ASKED", "AGREED"))
            ),
            models.CheckConstraint(
                name="ending_has_its_grounds",
                condition=(Q(kind="NOT_CARRIED_OUT", line=None, charges_mad=0) & ~Q(paper="") & ~Q(reason=""))
                | Q(kind="BY_LINE", line__isnull=False),
            ),
            models.CheckConstraint(name="ending_charges_not_negative", condition=Q(charges_mad__gte=0)),
            models.CheckConstraint(
                name="ending_answered",
                condition=Q(state="ASKED", answered_at=None, answered_by=None, answer="")
                | ~Q(state="ASKED") & Q(answered_at__gte=F("asked_at"), answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ending_agreed_by_another", condition=~Q(state="AGREED") | ~Q(answered_by=F("asked_by"))
            ),
            models.CheckConstraint(name="ending_refused_with_reason", condition=~Q(state="REFUSED") | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_asked(self) -> bool:
        return self.state == self.State.ASKED

    @property
    def charge_name(self) -> str:
        """Name the entry of what the bank kept."""
        return f"line-{self.line_id}"


class EndingPayout(models.Model):
    """A payout that is said to have ended so. Written with what is asked, for ever."""

    ending = models.ForeignKey(Ending, on_delete=models.PROTECT, related_name="rows")
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="ending_rows")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="ending_payout_once", fields=["ending", "payout"])]

    def __str__(self) -> str:
        return f"{self.ending_id}: {self.payout_id}"
