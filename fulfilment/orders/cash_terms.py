"""What an order's total in cash is made of. Written once, when it is placed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from catalogue.kernel.money import ZERO
from catalogue.pricing.models import StampDuty

from .at_the_door import STEPS, CashRules, CashSum

NOTHING = Decimal(0)
NO_DUTY = Q(stamp_duty_pct=0, stamp_duty=0, stamp_duty_borne_by="")


class CashTerms(models.Model):
    """The rules that held for an order's cash, and what they made: part of its total already.

    All nothing for an order that is not paid in cash, or was placed while no rule held. A trigger refuses terms that
    do not make the total, and every change.
    """

    cash_step = models.DecimalField(max_digits=4, decimal_places=2, default=NOTHING, db_default=NOTHING)
    cash_rounding = models.DecimalField(max_digits=4, decimal_places=2, default=NOTHING, db_default=NOTHING)
    stamp_duty_pct = models.DecimalField(max_digits=5, decimal_places=2, default=NOTHING, db_default=NOTHING)
    stamp_duty = models.DecimalField(max_digits=12, decimal_places=2, default=NOTHING, db_default=NOTHING)
    stamp_duty_borne_by = models.CharField(
        max_length=6, blank=True, default="", db_default="", choices=StampDuty.Bearer
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="order_cash_step_known", condition=Q(cash_step__in=STEPS)),
            models.CheckConstraint(
                name="order_cash_rounded_below_its_step",
                condition=Q(cash_rounding=0) | Q(cash_rounding__gt=0, cash_rounding__lt=F("cash_step")),
            ),
            models.CheckConstraint(
                name="order_stamp_duty_has_rate_and_bearer",
                condition=NO_DUTY
                | Q(
                    stamp_duty_pct__gt=0,
                    stamp_duty_pct__lte=10,
                    stamp_duty__gte=0,
                    stamp_duty_borne_by__in=StampDuty.Bearer.values,
                ),
            ),
            models.CheckConstraint(
                name="order_cash_terms_at_a_door",
                condition=Q(cash_step=0, stamp_duty_pct=0) | Q(payment_method="cash", currency="MAD", destination="MA"),
            ),
        ]

    @property
    def cash_rules(self) -> CashRules:
        return CashRules(step=self.cash_step, duty_pct=self.stamp_duty_pct, borne_by=self.stamp_duty_borne_by)

    @property
    def at_the_door(self) -> CashSum | None:
        """What rounding and stamp duty did to the total; none where no rule held."""
        if not (self.cash_step or self.stamp_duty_pct):
            return None
        door = CashSum(ZERO, self.cash_rounding, self.stamp_duty, self.stamp_duty_borne_by)
        return replace(door, price=self.total_incl_tax - door.change)  # type: ignore[attr-defined]


def terms_of(asked: CashSum, rules: CashRules) -> dict[str, Any]:
    """Return the fields that keep how a sum was worked out."""
    return {
        "cash_step": rules.step,
        "cash_rounding": asked.rounding,
        "stamp_duty_pct": rules.duty_pct,
        "stamp_duty": asked.stamp_duty,
        "stamp_duty_borne_by": rules.borne_by,
    }
