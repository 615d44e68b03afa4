"""What is due to a cooperative, and what a payout adds up to. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalogue.kernel.money import ZERO

CASH, REST, DISPUTE, WITHDRAWAL = "cash", "rest", "dispute", "withdrawal"
"""What something earned waits for, but its day: the courier's cash, the rest of its order, a dispute, a withdrawal."""


@dataclass(frozen=True)
class OpenLeg:
    """A leg on what is to be paid that no payout covers.

    ``amount_mad`` is what the cooperative gets by it: less than nothing where something is taken back. ``disputed``
    and ``withdrawn`` say that its order line is frozen, by the buyer's bank or while goods are on their way back.
    """

    ledger_line: int
    cooperative_id: int
    amount_mad: Decimal
    order_line: int | None = None
    payable_from: datetime | None = None
    disputed: bool = False
    withdrawn: bool = False

    def may_be_paid(self, now: datetime) -> bool:
        if self.order_line is None:
            return True
        is_held = self.disputed or self.withdrawn
        return not is_held and self.payable_from is not None and self.payable_from <= now


def due(legs: Iterable[OpenLeg], now: datetime) -> list[OpenLeg]:
    """Return the legs that count now: of each order line all or none, so that it is paid less what was taken of it.

    What is earned waits for its day. A line of which more was taken than is left to pay waits for nothing: what is
    taken back of goods paid already is taken at once.
    """
    lines: dict[tuple[int, int | None], list[OpenLeg]] = {}
    for leg in legs:
        lines.setdefault((leg.cooperative_id, leg.order_line), []).append(leg)
    return [
        leg
        for of_line in lines.values()
        if total(of_line) <= 0 or all(leg.may_be_paid(now) for leg in of_line)
        for leg in of_line
    ]


def to_pay(legs: Iterable[OpenLeg], now: datetime) -> dict[int, list[OpenLeg]]:
    """Group what is due by cooperative, leaving out who would get nothing, or less: theirs stays open."""
    groups: dict[int, list[OpenLeg]] = {}
    for leg in due(legs, now):
        groups.setdefault(leg.cooperative_id, []).append(leg)
    return {cooperative: owed for cooperative, owed in sorted(groups.items()) if total(owed) > 0}


def total(legs: Iterable[OpenLeg]) -> Decimal:
    return sum((leg.amount_mad for leg in legs), ZERO)
