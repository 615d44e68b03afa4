"""Codes that open an offer: how often each may be used, in which basket it lies, and in which orders it counted."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from oscar.apps.voucher.abstract_models import AbstractVoucher

from storefront.offers.models import OfferUse


class Voucher(AbstractVoucher):
    """One code, folded, of one offer. ``max_uses`` limits a code that many may use; who used it is in ``uses``."""

    max_uses = models.PositiveIntegerField(null=True, blank=True)

    class Meta(AbstractVoucher.Meta):
        constraints = [
            models.CheckConstraint(name="voucher_max_uses", condition=Q(max_uses__isnull=True) | Q(max_uses__gt=0))
        ]

    @property
    def num_orders(self) -> int:
        """Oscar's counter, read from the one place where uses are counted."""
        return self.uses.filter(released_at__isnull=True).count()

    @property
    def num_basket_additions(self) -> int:
        return self.baskets.count()

    @property
    def total_discount(self) -> Any:
        """Oscar's sum, in dirhams."""
        uses = self.uses.filter(released_at__isnull=True).values("order")
        return OfferUse.objects.filter(order__in=uses, offer__vouchers=self).aggregate(sum=Sum("amount_mad"))[
            "sum"
        ] or Decimal(0)


class BasketVoucher(models.Model):
    """The one code that a basket carries."""

    basket = models.OneToOneField("basket.Basket", on_delete=models.CASCADE, related_name="voucher")
    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name="baskets")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.basket_id}: {self.voucher_id}"


class VoucherUse(models.Model):
    """One order in which a code counted; at most one code an order. Given back when the order comes to nothing.

    ``single`` and ``once_each`` copy the code's rule, so that the database keeps it too.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, related_name="voucher_use")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    phone = models.CharField(max_length=16)
    single = models.BooleanField()
    once_each = models.BooleanField()
    used_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="voucher_single_use", fields=["voucher"], condition=Q(single=True, released_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="voucher_once_each",
                fields=["voucher", "phone"],
                condition=Q(once_each=True, released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} in {self.order_id}"


from oscar.apps.voucher.models import *
