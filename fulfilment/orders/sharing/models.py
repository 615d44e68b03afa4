"""What each of several cooperatives earns by an order line: written as its pieces leave, for ever."""

from typing import Any

from django.db import models
from django.db.models import Q

from catalogue.lots.models import Lot


class LineShare(models.Model):
    """What one cooperative earns by the pieces of one lot in an order line, of which some came of a shared lot.

    A line without rows is its own cooperative's. With them, they come to what it earns (``amount_mad``, excluding tax,
    less ``given_mad``, what was borne of discounts) to the centime; a trigger holds it. ``per_mille`` is as the lot's
    shares said, a thousand for a lot that is one's own.
    """

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="shares", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="line_shares")
    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="line_shares")
    per_mille = models.PositiveSmallIntegerField()
    amount_mad = models.DecimalField(max_digits=12, decimal_places=2)
    given_mad = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["line", "lot", "cooperative"]
        constraints = [
            models.UniqueConstraint(name="line_share_once", fields=["line", "lot", "cooperative"]),
            models.CheckConstraint(name="line_share_of_a_thousand", condition=Q(per_mille__gt=0, per_mille__lte=1000)),
            models.CheckConstraint(name="line_share_not_negative", condition=Q(amount_mad__gte=0, given_mad__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount_mad} MAD to {self.cooperative_id}"

    @property
    def facts(self) -> tuple[Any, ...]:
        """All that it says, to be compared with what it should say."""
        return self.lot_id, self.cooperative_id, self.per_mille, self.amount_mad, self.given_mad
