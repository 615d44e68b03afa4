"""Goods on their way from one place to another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.lots.models import LotStock, Place


class Transfer(models.Model):
    """Goods that left one place for another. ``key`` comes from the form: the same form twice is one transfer."""

    class State(models.TextChoices):
        SENT = "SENT", pgettext_lazy("transfer of goods", "on the way")
        ARRIVED = "ARRIVED", pgettext_lazy("transfer of goods", "arrived")

    key = models.UUIDField(unique=True)
    from_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="transfers_out")
    to_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="transfers_in")
    state = models.CharField(max_length=7, choices=State, default=State.SENT)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="transfer_goes_elsewhere", condition=~Q(from_place=F("to_place"))),
            models.CheckConstraint(
                name="transfer_arrives_with_its_time",
                condition=Q(state="SENT", arrived_at__isnull=True) | Q(state="ARRIVED", arrived_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"T-{self.pk:06d}"


class TransferLine(models.Model):
    """Pieces of one lot in a transfer; what did not arrive says why."""

    class Difference(models.TextChoices):
        BROKEN = "broken", _("broken on the way")
        LOST = "lost", _("lost on the way")
        MISCOUNTED = "miscounted", _("never packed: miscounted when sent")

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="+", help_text="where they left from")
    quantity = models.PositiveIntegerField()
    arrived = models.PositiveIntegerField(null=True, blank=True)
    difference = models.CharField(max_length=12, choices=Difference, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="transfer_lot_once", fields=["transfer", "stock"]),
            models.CheckConstraint(name="transfer_moves_pieces", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="transfer_difference_says_why",
                condition=Q(arrived=None, difference="")
                | Q(arrived=F("quantity"), difference="")
                | Q(arrived__lt=F("quantity")) & ~Q(difference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.quantity}"
