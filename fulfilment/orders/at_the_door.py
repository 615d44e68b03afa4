"""What is asked in cash at the door: the price, the stamp duty on it, rounded down to what coins there are.

Plain Python. The order of the steps is written in docs/decisions/what-is-asked-at-the-door.md.
"""

from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO, quantize, round_down_to

BY_OFFICE, BY_BUYER = "office", "buyer"
STEPS = (Decimal("0.00"), Decimal("0.50"), Decimal("1.00"))
"""To what a total in cash may be rounded down; nothing for not at all."""


@dataclass(frozen=True)
class CashRules:
    """What holds for cash on a day: the ``step`` to round down to, the rate of the duty and who bears it."""

    step: Decimal = ZERO
    duty_pct: Decimal = ZERO
    borne_by: str = ""


NO_RULES = CashRules()


@dataclass(frozen=True)
class CashSum:
    """What a price comes to at the door. The office gives the ``rounding``; the duty is due whoever bears it."""

    price: Decimal
    rounding: Decimal = ZERO
    stamp_duty: Decimal = ZERO
    borne_by: str = ""

    @property
    def duty_of_buyer(self) -> Decimal:
        """The duty as far as it is asked at the door."""
        return self.stamp_duty if self.borne_by == BY_BUYER else ZERO

    @property
    def rounded_by(self) -> Decimal:
        """What rounding does to the sum."""
        return -self.rounding

    @property
    def change(self) -> Decimal:
        return self.duty_of_buyer - self.rounding

    @property
    def total(self) -> Decimal:
        return self.price + self.change


def ask(price: Decimal, rules: CashRules) -> CashSum:
    """Work out what to ask for goods and delivery of this price.

    A duty borne by the buyer is on the price, and rounded down with it; one borne by the office is on what is
    received. Nothing is rounded down to nothing.
    """
    by_buyer = rules.borne_by == BY_BUYER
    duty = _duty(price, rules) if by_buyer else ZERO
    asked = price + duty
    received = (round_down_to(asked, rules.step) if rules.step else asked) or asked
    return CashSum(
        price=price,
        rounding=asked - received,
        stamp_duty=duty if by_buyer else _duty(received, rules),
        borne_by=rules.borne_by,
    )


def _duty(received: Decimal, rules: CashRules) -> Decimal:
    return quantize(received * rules.duty_pct / 100)
