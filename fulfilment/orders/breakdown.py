"""Where a buyer's money goes: the parts of what was sold, line by line, adding up to the total. Plain Python.

A part of a line is the published part of one unit times the quantity: nothing is rounded here but what a discount
takes from a cooperative, which is said in dirhams.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from catalogue.kernel.money import ZERO, convert, quantize, split

COOPERATIVE, OFFICE, TAX, DELIVERY, STAMP = "cooperative", "office", "tax", "delivery", "stamp"
PARTS = (COOPERATIVE, "collection", "packing", "transport", "payment", OFFICE, TAX)
"""Parts of a unit price, in the order people read them."""


class Discount(Protocol):
    """What was taken off a line: ``amount`` with the ``tax`` in it; the cooperative bears ``cooperative_mad`` of it."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...
    @property
    def cooperative_mad(self) -> Decimal: ...


@dataclass(frozen=True)
class Sold:
    """Some of one product of one cooperative, and the parts of one unit of it."""

    cooperative: str
    quantity: int
    unit: Mapping[str, Decimal]
    discounts: tuple[Discount, ...] = ()


@dataclass(frozen=True)
class Share:
    """One row: what a part comes to. ``cooperative`` names who gets it where several are paid."""

    part: str
    amount: Decimal
    cooperative: str = ""


@dataclass(frozen=True)
class Breakdown:
    """Shares that add up to ``total``. ``discount`` is off them already: ``borne`` says whose share it came out of."""

    currency: str
    shares: tuple[Share, ...]
    discount: Decimal = ZERO
    borne: tuple[Share, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((share.amount for share in self.shares), ZERO)

    def of(self, part: str) -> Decimal:
        """Return what a part comes to, all cooperatives together."""
        return sum((share.amount for share in self.shares if share.part == part), ZERO)


def break_down(
    lines: Iterable[Sold],
    *,
    currency: str,
    mad_per_unit: Decimal = Decimal(1),
    delivery: Decimal = ZERO,
    delivery_tax: Decimal = ZERO,
    rounding: Decimal = ZERO,
    stamp_duty: Decimal = ZERO,
) -> Breakdown:
    """Add up the parts of all lines and the delivery; what comes to nothing is left out.

    ``delivery_tax`` is the tax within ``delivery``: it is the treasury's.
    A discount takes its tax off the tax, what the cooperative gives up off its share (in dirhams, at
    ``mad_per_unit``), and the rest off the office: below nothing, the office pays for the goods out of its own.
    ``rounding`` was given by the office to whoever pays in cash; ``stamp_duty`` is what the buyer bears of it.
    """
    parts = dict.fromkeys(PARTS, ZERO)
    cooperatives: dict[str, Decimal] = {}
    borne = dict.fromkeys((COOPERATIVE, OFFICE, TAX), ZERO)
    for line in lines:
        sums = {part: amount * line.quantity for part, amount in line.unit.items()}
        for discount in line.discounts:
            for part, amount in _bearers(discount, mad_per_unit).items():
                sums[part] = sums.get(part, ZERO) - amount
                borne[part] += amount
        cooperatives[line.cooperative] = cooperatives.get(line.cooperative, ZERO) + sums.pop(COOPERATIVE, ZERO)
        for part, amount in sums.items():
            parts[part] += amount
    parts[TAX] += delivery_tax
    parts[OFFICE] -= rounding
    to_cooperatives = [Share(COOPERATIVE, amount, name) for name, amount in cooperatives.items()]
    others = [Share(part, parts[part]) for part in PARTS if part != COOPERATIVE]
    shares = [*to_cooperatives, *others, Share(DELIVERY, delivery - delivery_tax), Share(STAMP, stamp_duty)]
    return Breakdown(
        currency=currency,
        shares=tuple(share for share in shares if share.amount),
        discount=sum(borne.values(), ZERO),
        borne=tuple(Share(part, amount) for part, amount in borne.items() if amount),
    )


def _bearers(discount: Discount, mad_per_unit: Decimal) -> dict[str, Decimal]:
    cooperative = quantize(convert(discount.cooperative_mad, mad_per_unit))
    return {
        COOPERATIVE: cooperative,
        TAX: discount.tax,
        OFFICE: discount.amount - discount.tax - cooperative,
    }


def percents(amounts: Iterable[Decimal]) -> list[int]:
    """Return amounts as whole hundredths of their sum; they add up to 100.

    What is below nothing has no share in what was paid; of nothing at all, nobody has a share.
    """
    weights = [max(amount, ZERO) for amount in amounts]
    if not any(weights):
        return [0] * len(weights)
    return [int(share * 100) for share in split(Decimal("1.00"), weights)]
