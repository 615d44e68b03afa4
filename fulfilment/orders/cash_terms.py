"""What an order paid in cash came to at the door, beside the order. Written once, when it is placed."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from catalogue.kernel.money import ZERO
from catalogue.pricing.models import StampDuty

from .at_the_door import STEPS, CashRules, CashSum


class CashTerms(models.Model):
    """The rules that held for an order's cash, and what they made: part of ``Order.total_incl_tax`` already.

    Orders without one were placed while no rule held, or are not paid in cash. A trigger refuses terms that do not
    fit their order, and every change.
    """

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, related_name="cash_terms")
    step = models.DecimalField(max_digits=4, decimal_places=2, help_text="rounded down to a multiple; 0 for not at all")
    rounding = models.DecimalField(max_digits=4, decimal_places=2, help_text="given by the office")
    duty_pct = models.DecimalField(max_digits=5, decimal_places=2)
    stamp_duty = models.DecimalField(max_digits=12, decimal_places=2)
    borne_by = models.CharField(max_length=6, choices=StampDuty.Bearer)

    class Meta:
        verbose_name_plural = "cash terms"
        constraints = [
            models.CheckConstraint(name="cash_terms_step_known", condition=Q(step__in=STEPS)),
            models.CheckConstraint(
                name="cash_terms_rounding_below_step",
                condition=Q(rounding=0) | Q(rounding__gt=0, rounding__lt=F("step")),
            ),
            models.CheckConstraint(name="cash_terms_rate_sensible", condition=Q(duty_pct__gte=0, duty_pct__lte=10)),
            models.CheckConstraint(
                name="cash_terms_duty_has_its_rate",
                condition=Q(stamp_duty=0) | Q(stamp_duty__gt=0, duty_pct__gt=0),
            ),
            models.CheckConstraint(name="cash_terms_have_a_bearer", condition=Q(borne_by__in=["office", "buyer"])),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: -{self.rounding}, {self.stamp_duty} by {self.borne_by}"

    @property
    def rules(self) -> CashRules:
        return CashRules(step=self.step, duty_pct=self.duty_pct, borne_by=self.borne_by)

    @property
    def duty_of_buyer(self) -> Decimal:
        return self.stamp_duty if self.borne_by == StampDuty.Bearer.BUYER else ZERO

    @property
    def rounded_by(self) -> Decimal:
        """What rounding did to the total."""
        return -self.rounding

    def sum_of(self, price: Decimal) -> CashSum:
        """Say it as it was worked out, for goods and delivery of this price."""
        return CashSum(price, self.rounding, self.stamp_duty, self.borne_by)
