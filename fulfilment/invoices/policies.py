"""An invoice as plain data. No database, no words of any language."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO


@dataclass(frozen=True)
class Amount:
    """A row's money: ``excl`` without tax, ``tax`` at ``pct`` per cent, after discounts, in the order's currency."""

    excl: Decimal
    tax: Decimal
    pct: Decimal

    @property
    def incl(self) -> Decimal:
        return self.excl + self.tax


@dataclass(frozen=True)
class Taxed:
    """The tax at one rate and what it is on."""

    pct: Decimal
    excl: Decimal
    tax: Decimal


def by_rate(amounts: Iterable[Amount]) -> list[Taxed]:
    """Add up what is taxed by rate, the highest last; what bears no tax is left out."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for amount in amounts:
        if amount.tax:
            excl, tax = sums.get(amount.pct, (ZERO, ZERO))
            sums[amount.pct] = (excl + amount.excl, tax + amount.tax)
    return [Taxed(pct, excl, tax) for pct, (excl, tax) in sorted(sums.items())]
