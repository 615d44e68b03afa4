"""Counting what lies at a place of ours."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from catalogue.lots.models import LotStock, Place

from .delivering import MOST_PIECES


class Stocktake(models.Model):
    """People count a place, look at the differences, and someone with the right applies them, all or none."""

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("stocktake", "being counted")
        APPLIED = "APPLIED", pgettext_lazy("stocktake", "applied")
        DROPPED = "DROPPED", pgettext_lazy("stocktake", "dropped")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="stocktakes")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        permissions = [("apply_stocktake", "Can apply what was counted to the stock")]
        constraints = [
            models.CheckConstraint(
                name="stocktake_ends_with_its_time",
                condition=Q(state="OPEN", ended_at__isnull=True) | ~Q(state="OPEN") & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"S-{self.pk:06d}"


class StocktakeLine(models.Model):
    """How many of a lot someone counted, and what the books said at that moment.

    ``moved`` is the sum of what had really come and gone by then, counts and adjustments left out: what left or came
    since is the difference to the same sum later. ``applied`` is how the books changed.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.PROTECT, related_name="lines")
    stock = models.ForeignKey(LotStock, on_delete=models.PROTECT, related_name="stocktake_lines")
    counted = models.PositiveIntegerField()
    book = models.PositiveIntegerField()
    moved = models.IntegerField()
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied = models.IntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="stocktake_lot_once", fields=["stocktake", "stock"]),
            models.CheckConstraint(name="stocktake_counts_pieces", condition=Q(counted__lte=MOST_PIECES)),
        ]

    def __str__(self) -> str:
        return f"{self.stocktake_id}: {self.counted}"

    @property
    def difference(self) -> int:
        return self.counted - self.book
