"""Who receives a cooperative's money for it: the member that its union or group named, for some days.

What the triggers hold stands in ``migrations/0005_mandates_stay``.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import pgettext_lazy

from catalogue.banking.policies import WAIT
from catalogue.kernel.ranges import DayRange

PERSON: dict[str, Any] = {"null": True, "blank": True, "on_delete": models.PROTECT, "related_name": "+"}


class Mandate(models.Model):
    """What a cooperative is due goes to the account of ``receiver``, a member of the same union, from a day on.

    ``signed_by`` is who signed it for the cooperative. It waits like a new account does: another person approves it,
    and until ``usable_from`` the cooperative is paid itself. Two that count, or wait for an answer, never overlap.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", pgettext_lazy("mandate", "waits for an answer")
        APPROVED = "APPROVED", pgettext_lazy("mandate", "agreed to")
        REFUSED = "REFUSED", pgettext_lazy("mandate", "refused")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("mandate", "withdrawn")

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="mandates")
    receiver = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="mandates_received")
    signed_by = models.CharField(max_length=140)
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True, help_text="excluded")
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    approved_at = models.DateTimeField(null=True, blank=True)
    usable_from = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="refused, withdrawn or ended before its day")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-from_day", "-pk"]
        default_permissions = ("view", "add", "change")
        permissions = [("approve_mandate", "Can approve a mandate that somebody else proposed")]
        constraints = [
            ExclusionConstraint(
                name="mandate_one_receiver_at_a_time",
                expressions=[
                    ("cooperative", RangeOperators.EQUAL),
                    (DayRange("from_day", "until_day"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=("PROPOSED", "APPROVED")),
            ),
            models.CheckConstraint(
                name="mandate_ends_after_start", condition=Q(until_day=None) | Q(until_day__gte=F("from_day"))
            ),
            models.CheckConstraint(name="mandate_to_another", condition=~Q(receiver=F("cooperative"))),
            models.CheckConstraint(name="mandate_is_signed", condition=~Q(signed_by="")),
            models.CheckConstraint(
                name="mandate_another_approves", condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="mandate_waits",
                condition=Q(usable_from=None) | Q(usable_from__gte=F("approved_at") + Value(WAIT)),
            ),
            models.CheckConstraint(
                name="mandate_approved_whole",
                condition=~Q(state="APPROVED") & Q(approved_by=None, approved_at=None, usable_from=None)
                | Q(state="APPROVED", approved_at__gte=F("proposed_at"), usable_from__isnull=False)
                & Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="mandate_ended_by_someone",
                condition=Q(state__in=("PROPOSED", "APPROVED"), ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("proposed_at"), ended_by__isnull=False) & ~Q(state="PROPOSED"),
            ),
            models.CheckConstraint(name="mandate_refused_with_reason", condition=~Q(state="REFUSED") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative_id} to {self.receiver_id} from {self.from_day}"

    def counts_on(self, day: date, at: datetime) -> bool:
        """Tell whether money goes to the receiver at a moment of a day."""
        is_in = self.from_day <= day and (self.until_day is None or day < self.until_day)
        return is_in and self.usable_from is not None and self.usable_from <= at

    def may_end(self, day: date) -> bool:
        is_over = self.until_day is not None and self.until_day <= day
        return self.state == self.State.APPROVED and self.ended_at is None and not is_over
