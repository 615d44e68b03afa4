"""What packed hampers are made of."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.lots.models import Lot, LotStock


class LotPart(models.Model):
    """Pieces of a component's lot that went into a lot of hampers, less than nothing when they were taken out again.

    Rows are only added: whoever recalls a lot finds its hampers here, also those that are sold.
    """

    hamper = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="parts")
    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="packed_into")
    pieces = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="lot_part_has_pieces", condition=~Q(pieces=0))]

    def __str__(self) -> str:
        return f"{self.hamper_id}: {self.pieces}"
