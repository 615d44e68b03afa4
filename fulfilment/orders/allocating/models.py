"""Pieces of a lot that belong to an order line: what connects a jar with who bought it, both ways."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.lots.models import LotStock


class Allocation(models.Model):
    """So many pieces of one lot for one order line. All of a line come from one place, from one lot or several.

    A row's pieces and lot never change: what happens otherwise ends the row, and others begin.
    """

    class State(models.TextChoices):
        HELD = "HELD", _("kept for the order")
        LEFT = "LEFT", _("left with the parcel")
        BACK = "BACK", _("came back")
        RELEASED = "RELEASED", _("given up")

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="allocations")
    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="allocation_of_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="allocation_changes_after_it_is_made", condition=Q(changed_at__gte=models.F("made_at"))
            ),
        ]
        indexes = [  # all that a recall asks of half a million of them, in the index alone
            models.Index(name="allocation_of_a_lot", fields=["stock", "state"], include=["line", "quantity"])
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.quantity} × {self.stock_id}"
