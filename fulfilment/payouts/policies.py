"""What a payout adds up to. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Owed:
    """One amount a cooperative is to receive."""

    payable_id: int
    cooperative_id: int
    amount_mad: Decimal


def earned(farm_gate_mad: Decimal, quantity: int, given_mad: Decimal) -> Decimal:
    """Return what a cooperative earns on a line: the amount frozen in the order for each piece, less what it gave."""
    return farm_gate_mad * quantity - given_mad


def by_cooperative(rows: Iterable[Owed]) -> dict[int, list[Owed]]:
    """Group amounts by who gets them, leaving out who would get nothing."""
    groups: dict[int, list[Owed]] = {}
    for row in rows:
        groups.setdefault(row.cooperative_id, []).append(row)
    return {cooperative: owed for cooperative, owed in sorted(groups.items()) if total(owed) > 0}


def total(rows: Iterable[Owed]) -> Decimal:
    return sum((row.amount_mad for row in rows), Decimal("0.00"))
