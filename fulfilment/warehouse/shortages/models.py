"""What was missing of an order line, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Shortage(models.Model):
    """Pieces of one order line that could not be sent as they were kept for it.

    ``outcome`` is empty while the buyer is asked; without an answer by ``answer_by`` the parcel goes without them.
    """

    class Reason(models.TextChoices):
        NOT_FOUND = "not_found", _("not on its shelf")
        DAMAGED = "damaged", _("found damaged")
        WITHDRAWN = "withdrawn", _("its lot may not be sold any more")

    class Outcome(models.TextChoices):
        OTHER_LOT = "other_lot", _("taken from another lot of the same place")
        OTHER_PLACE = "other_place", _("sent from another place")
        LEFT_OUT = "left_out", _("sent without it, the money given back")
        CALLED_OFF = "called_off", _("the order was called off")

    consignment = models.ForeignKey("warehouse.Consignment", on_delete=models.PROTECT, related_name="shortages")
    order_line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="shortages")
    missing = models.PositiveIntegerField(help_text="pieces")
    reason = models.CharField(max_length=10, choices=Reason)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer_by = models.DateTimeField(null=True, blank=True, help_text="set when the buyer was asked")
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    by_buyer = models.BooleanField(default=False, help_text="the buyer chose")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="wrote down what the buyer said",
    )

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(name="shortage_of_something", condition=Q(missing__gt=0)),
            models.CheckConstraint(
                name="shortage_is_asked_or_settled",
                condition=Q(outcome="", settled_at__isnull=True, answer_by__isnull=False)
                | (~Q(outcome="") & Q(settled_at__isnull=False)),
            ),
            models.UniqueConstraint(name="shortage_asked_once", fields=["order_line"], condition=Q(outcome="")),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}: {self.missing} missing"
