"""What of an order line's money goes back with some of its pieces. No database, no words of any language."""

from dataclasses import dataclass
from decimal import Decimal

CENTS = 100


@dataclass(frozen=True)
class Pieces:
    """``count`` of a line's ``quantity`` pieces, from number ``first`` on."""

    first: int
    count: int
    quantity: int

    def part_of(self, amount: Decimal) -> Decimal:
        """Return their share of an amount: up to the last of them less up to the first, each rounded down.

        These are the cents that the ledger takes back for the same pieces, so all pieces come to the whole amount.
        """
        return self._up_to(amount, self.first + self.count) - self._up_to(amount, self.first)

    def _up_to(self, amount: Decimal, pieces: int) -> Decimal:
        return amount * CENTS * pieces // self.quantity / CENTS
