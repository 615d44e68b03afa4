"""From which day something earned may be paid, and what is frozen: what the ledger cannot say of what is owed."""

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest


class Payable(models.Model):
    """One delivered order line, and from when on what it earned a cooperative may be paid.

    Where several made the lot, each has one of its own. How much each earned says the ledger.

    ``withdrawal_ends_at`` is unknown until the whole order has arrived, ``money_in_at`` until a courier has handed in
    the cash of it. ``payable_from`` is the later of the two, worked out by the database.
    """

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payables")
    order_line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="payables", db_index=False)
    earned_at = models.DateTimeField()
    withdrawal_ends_at = models.DateTimeField(null=True, blank=True, help_text="from then on nothing is sent back")
    money_in_at = models.DateTimeField(null=True, blank=True, help_text="when the buyer's money was with the office")
    payable_from = models.GeneratedField(
        expression=Case(
            When(
                withdrawal_ends_at__isnull=False,
                money_in_at__isnull=False,
                then=Greatest(F("withdrawal_ends_at"), F("money_in_at")),
            )
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    class Meta:
        ordering = ["earned_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="payable_once", fields=["order_line", "cooperative"]),
            models.CheckConstraint(
                name="payable_not_before_delivery",
                condition=Q(withdrawal_ends_at=None) | Q(withdrawal_ends_at__gte=F("earned_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}: from {self.payable_from or '?'}"


class OrderCash(models.Model):
    """An order paid at the door: when all its cash was in; nothing until then.

    Kept beside the payables, as money may be in before what it is for is written, or after.
    """

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="cash")
    in_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.in_at or '?'}"


class Freeze(models.Model):
    """A dispute keeps an order's lines from being paid until it is over. ``dispute`` is its number, for reading."""

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="freezes")
    dispute = models.BigIntegerField(unique=True)
    frozen_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="freeze_open", fields=["order"], condition=Q(lifted_at=None))]
        constraints = [
            models.CheckConstraint(
                name="freeze_ends_after_start", condition=Q(lifted_at=None) | Q(lifted_at__gte=F("frozen_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: dispute {self.dispute}"
