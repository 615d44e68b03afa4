"""Parcels on their way: one consignment per order and origin."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Consignment(models.Model):
    """What one origin sends for one order. Until lots arrive, the origin is the cooperative that sells."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("to prepare")
        PICKED = "PICKED", _("picked")
        PACKED = "PACKED", _("packed")
        HANDED_OVER = "HANDED_OVER", _("handed to the courier")
        IN_TRANSIT = "IN_TRANSIT", _("on its way")
        DELIVERED = "DELIVERED", _("delivered")
        SHORT = "SHORT", _("something is missing")
        CANCELLED = "CANCELLED", _("cancelled")
        REFUSED = "REFUSED", _("refused")
        LOST = "LOST", _("lost")
        RETURNED = "RETURNED", _("returned")

    reference = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="consignments")
    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="consignments")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="consignment_one_per_origin", fields=["order", "cooperative"]),
            models.CheckConstraint(
                name="consignment_delivered_has_time", condition=~Q(state="DELIVERED") | Q(delivered_at__isnull=False)
            ),
        ]
        permissions = [("move_consignment", "Can move a consignment through picking, packing and delivery")]

    def __str__(self) -> str:
        return self.reference


class ConsignmentLine(models.Model):
    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="consignment_line")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="consignment_line_positive", condition=Q(quantity__gt=0))]

    def __str__(self) -> str:
        return f"{self.consignment} / {self.order_line_id}"
