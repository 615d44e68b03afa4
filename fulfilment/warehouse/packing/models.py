"""That a parcel was counted before it was closed."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PackingCheck(models.Model):
    """Someone counted a parcel, found it whole, weighed and closed it.

    One stands for each parcel; that of a parcel which was opened again stays, and stands no more.
    """

    consignment = models.ForeignKey("warehouse.Consignment", on_delete=models.PROTECT, related_name="packing_checks")
    pieces = models.PositiveIntegerField(help_text="counted in it")
    weight_g = models.PositiveIntegerField(help_text="of the closed parcel, all its boxes")
    boxes = models.PositiveSmallIntegerField()
    confirmed = models.BooleanField(default=False, help_text="an odd weight, weighed again")
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["consignment_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="packing_check_stands_once", fields=["consignment"], condition=Q(opened_again_at=None)
            ),
            models.CheckConstraint(
                name="packing_check_of_something", condition=Q(pieces__gt=0, weight_g__gt=0, boxes__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id}: {self.pieces} counted"
