"""What each cooperative is owed and when it was paid. Amounts in MAD, excluding tax.

What is owed is not kept here: it is read off the ledger (``owing``). These rows say what the ledger cannot: from which
day something earned may be paid, what is frozen, and which legs a payout covered. What the triggers hold stands in
``migrations/0006_read_off_the_ledger``.
"""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _


class PayoutRun(models.Model):
    """One passing over everything payable at a cut-off."""

    reference = models.CharField(max_length=30, unique=True)
    cut_off_at = models.DateTimeField()
    run_at = models.DateTimeField()
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.reference


class Payout(models.Model):
    """One payment to one cooperative in one run. ``amount_mad`` is what its ``lines`` cover; a trigger holds them."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("drafted")
        APPROVED = "APPROVED", _("approved")
        EXPORTED = "EXPORTED", _("sent to the bank")
        SETTLED = "SETTLED", _("paid")
        RETURNED = "RETURNED", _("returned by the bank")

    reference = models.CharField(max_length=35, unique=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payouts")
    amount_mad = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    method = models.CharField(max_length=20)
    rib = models.CharField(max_length=24, help_text="the account it was paid to, frozen")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="payout_once_per_run", fields=["run", "cooperative"]),
            models.CheckConstraint(name="payout_positive", condition=Q(amount_mad__gt=0)),
            models.CheckConstraint(
                name="payout_settled_has_time", condition=~Q(state="SETTLED") | Q(settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PayoutLine(models.Model):
    """One leg of the ledger that a payout covers, once and for ever; the amount is the leg's.

    A payout that is booked covers its own leg too, so that all it covers comes to nothing: what stands on a
    cooperative's account is always the sum of the legs that nothing covers.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    ledger_line = models.OneToOneField("ledger.Line", on_delete=models.PROTECT, related_name="payout_line")

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.ledger_line_id}"


class Payable(models.Model):
    """One delivered order line, and from when on what it earned may be paid. How much it earned says the ledger.

    ``withdrawal_ends_at`` is unknown until the whole order has arrived, ``money_in_at`` until a courier has handed in
    the cash of it. ``payable_from`` is the later of the two, worked out by the database.
    """

    cooperative = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payables")
    order_line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="payable")
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
