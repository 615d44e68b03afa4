"""Cash at the door: what couriers took, and what they handed in."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .attempts import PaymentAttempt


class CashRemittance(models.Model):
    """Cash that a courier handed in, as it was counted or came to the bank. Written once.

    ``amount`` is what it settles of the courier's debt, ``fees`` the part of it that they kept for their work.
    What it comes to more or less than the collections it pays stays between us and the courier, in plain sight.
    """

    courier = models.ForeignKey("shipping.Courier", on_delete=models.PROTECT, related_name="remittances")
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD")
    fees = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="MAD")
    received_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="of the receipt or of the bank")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="cash_remittance_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="cash_remittance_fees_within", condition=Q(fees__gte=0, fees__lte=F("amount"))),
            models.CheckConstraint(name="cash_remittance_has_reference", condition=~Q(reference="")),
            models.UniqueConstraint(name="cash_remittance_once_per_reference", fields=["courier", "reference"]),
        ]
        permissions = [("remit_cash", "Can record cash that a courier handed in")]

    def __str__(self) -> str:
        return f"cash-{self.pk}"

    @property
    def received(self) -> Decimal:
        """What really came."""
        return self.amount - self.fees


class CashCollected(models.Model):
    """What a courier was paid at the door for one parcel of an order.

    ``with_delivery`` says that the delivery, and all else that is of no single line, was paid with it: with the first
    parcel that the buyer of an order accepts. ``remittance`` is the one that paid for it in full; none while it is
    owed.
    """

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="collections")
    parcel = models.CharField(max_length=40, unique=True, help_text="reference of the consignment")
    courier = models.ForeignKey(
        "shipping.Courier", null=True, blank=True, on_delete=models.PROTECT, related_name="collections"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="MAD")
    with_delivery = models.BooleanField()
    collected_at = models.DateTimeField()
    remittance = models.ForeignKey(
        CashRemittance, null=True, blank=True, on_delete=models.PROTECT, related_name="collections"
    )

    class Meta:
        ordering = ["collected_at", "pk"]
        constraints = [
            models.CheckConstraint(name="cash_collected_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint(
                name="cash_delivery_collected_once", fields=["attempt"], condition=Q(with_delivery=True)
            ),
        ]
        indexes = [models.Index(name="cash_not_remitted", fields=["courier"], condition=Q(remittance__isnull=True))]

    def __str__(self) -> str:
        return self.parcel
