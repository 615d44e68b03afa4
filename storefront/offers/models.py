"""What the office offers: Oscar's rows, with amounts in each currency, who bears them, and one table of uses."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from oscar.apps.offer.abstract_models import AbstractConditionalOffer, AbstractRange

from catalogue.pricing.models import Currency


class Range(AbstractRange):
    """The products an offer concerns: all, or those of some categories, cooperatives, or named one by one."""

    cooperatives = models.ManyToManyField("partner.Partner", blank=True, related_name="+")


class ConditionalOffer(AbstractConditionalOffer):
    """One offer. ``condition`` and ``benefit`` say its kind and its numbers; amounts of money are ``OfferAmount`` rows.

    ``cooperative_pct`` is the share of the discount that cooperatives bear (0: the office bears it all), as far as
    their floors; beyond them ``office_covers`` says whether the office bears the rest or the discount is made smaller.
    ``changed_at`` moves with every change, so that a copy kept in memory is known to be old.
    """

    class Mode(models.TextChoices):
        EACH = "each", _("given in each currency")
        CONVERTED = "converted", _("given in dirhams, converted by the price list's rate")

    title_ar = models.CharField(max_length=120)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    amounts_mode = models.CharField(max_length=9, choices=Mode, default=Mode.EACH)
    cooperative_pct = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    office_covers = models.BooleanField(default=True)
    budget_mad = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    changed_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(AbstractConditionalOffer.Meta):
        constraints = [
            models.CheckConstraint(name="offer_share", condition=Q(cooperative_pct__gte=0, cooperative_pct__lte=100)),
            models.CheckConstraint(
                name="offer_budget_positive", condition=Q(budget_mad__isnull=True) | Q(budget_mad__gt=0)
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row as it is; Oscar would change its state by counters of its own."""
        models.Model.save(self, *args, **kwargs)

    @property
    def title(self) -> str:
        return str(getattr(self, f"title_{(get_language() or 'fr')[:2]}", self.title_fr))

    @property
    def is_open(self) -> bool:
        return bool(self.status == self.OPEN)

    @property
    def num_orders(self) -> int:
        """Oscar's counter, read from the one place where uses are counted."""
        return self.uses.filter(released_at__isnull=True).count()

    num_applications = num_orders

    @property
    def total_discount(self) -> Any:
        """Oscar's sum, in dirhams."""
        return self.uses.filter(released_at__isnull=True).aggregate(sum=models.Sum("amount_mad"))["sum"] or Decimal(0)


class OfferAmount(models.Model):
    """One amount of an offer in one currency."""

    class Role(models.TextChoices):
        BENEFIT = "benefit", _("taken off")
        MINIMUM = "minimum", _("to be bought at least")
        MOST = "most", _("taken off one order at most")

    offer = models.ForeignKey(ConditionalOffer, on_delete=models.CASCADE, related_name="amounts")
    role = models.CharField(max_length=7, choices=Role)
    currency = models.CharField(max_length=3, choices=Currency)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="offer_amount_once", fields=["offer", "role", "currency"]),
            models.CheckConstraint(name="offer_amount_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.amount} {self.currency}"


class OfferUse(models.Model):
    """One order that an offer gave something to: the only place where uses and money are counted.

    Written under the lock of the offer's row; given back (``released_at``) when the order expires or is cancelled.
    """

    offer = models.ForeignKey(ConditionalOffer, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, related_name="offer_uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    phone = models.CharField(max_length=16)
    currency = models.CharField(max_length=3, choices=Currency)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    amount_mad = models.DecimalField(max_digits=12, decimal_places=2)
    cooperative_mad = models.DecimalField(max_digits=12, decimal_places=2, help_text="borne by cooperatives, excl. tax")
    used_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-used_at", "-pk"]
        indexes = [
            models.Index(name="offer_use_counted", fields=["offer", "phone"], condition=Q(released_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(name="offer_use_once_per_order", fields=["offer", "order"]),
            models.CheckConstraint(
                name="offer_use_amounts", condition=Q(amount__gt=0, amount_mad__gte=0, cooperative_mad__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} in {self.order_id}"


from oscar.apps.offer.models import *
