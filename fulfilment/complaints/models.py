"""What buyers report of an order that arrived, and what the office answers. Rows are only added."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.payments.models import Refund

from .policies import MOST_PHOTOS


class Complaint(models.Model):
    """One report of one order, as the buyer sent it.

    ``confirmation`` is the key that the form carried: pressed twice, it finds the same row. Triggers keep what was
    bought, less what was given back otherwise, above what is reported: each piece once.
    """

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="complaints")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … within its order")
    confirmation = models.CharField(max_length=40)
    words = models.CharField(max_length=1000, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="complaint_number_once", fields=["order", "number"]),
            models.UniqueConstraint(name="complaint_confirmed_once", fields=["order", "confirmation"]),
            models.CheckConstraint(name="complaint_has_confirmation", condition=~Q(confirmation="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"{self.order.number}-C{self.number}"

    @property
    def standing(self) -> "Decision | None":
        """The decision that counts; none while it waits, or where a second person refused the refund."""
        return next((one for one in self.decisions.all() if not one.was_refused), None)

    @property
    def is_open(self) -> bool:
        return self.standing is None

    @property
    def pieces(self) -> Any:
        return sum(row.quantity for row in self.lines.all())


class ComplaintLine(models.Model):
    """Pieces of one order line and what is wrong with them."""

    class Fault(models.TextChoices):
        MISSING = "MISSING", pgettext_lazy("goods", "missing")
        BROKEN = "BROKEN", pgettext_lazy("goods", "broken or spoilt")
        WRONG = "WRONG", pgettext_lazy("goods", "not what was ordered")

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="complaint_lines")
    fault = models.CharField(max_length=8, choices=Fault)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="complaint_line_once", fields=["complaint", "line"]),
            models.CheckConstraint(name="complaint_line_has_pieces", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="complaint_line_fault_known", condition=Q(fault__in=["MISSING", "BROKEN", "WRONG"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id} {self.fault}"


class ComplaintPhoto(models.Model):
    """A photo of it, as ``catalogue.kernel.photos`` took it in."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    jpeg = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="complaint_photo_number_once", fields=["complaint", "number"]),
            models.CheckConstraint(
                name="complaint_photos_are_few", condition=Q(number__gte=1, number__lte=MOST_PHOTOS)
            ),
            models.CheckConstraint(name="complaint_photo_not_empty", condition=~Q(jpeg=b"") & ~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}/{self.number}"


class Decision(models.Model):
    """What the office answered. A trigger lets one stand: another follows only where the refund was declined."""

    class Outcome(models.TextChoices):
        REFUND = "REFUND", pgettext_lazy("complaint", "accepted: the price goes back")
        GOODWILL = "GOODWILL", pgettext_lazy("complaint", "a gesture: the price goes back")
        REJECTED = "REJECTED", pgettext_lazy("complaint", "not accepted")

    class Rejection(models.TextChoices):
        NOT_SHOWN = "NOT_SHOWN", _("what we see does not show it")
        AS_SOLD = "AS_SOLD", _("the goods are as they were described")
        AFTERWARDS = "AFTERWARDS", _("it happened after the delivery")
        SENT_WHOLE = "SENT_WHOLE", _("the parcel was weighed and complete")

    PAYING = (Outcome.REFUND, Outcome.GOODWILL)

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    rejection = models.CharField(max_length=10, choices=Rejection, blank=True)
    answer = models.CharField(max_length=300, blank=True, help_text="in the office's own words, for the buyer")
    refund = models.OneToOneField(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="complaint_decision"
    )
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="complaint_decision_number_once", fields=["complaint", "number"]),
            models.CheckConstraint(
                name="complaint_decision_gives_back_or_says_why",
                condition=Q(outcome__in=["REFUND", "GOODWILL"], refund__isnull=False, rejection="")
                | Q(outcome="REJECTED", refund__isnull=True) & ~Q(rejection=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}: {self.outcome}"

    @property
    def was_refused(self) -> bool:
        """Tell whether a second person said no to the money: then nothing is decided."""
        return self.refund is not None and self.refund.state == Refund.State.DECLINED
