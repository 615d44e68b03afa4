"""What a counted parcel must come to, and which weights are believed. No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEAVIEST = 2
"""A closed parcel weighs at most so many times what its goods weigh in their own packing: more is a typing mistake, or
something that does not belong in it."""

MOST_BOXES = 50
"""No parcel of ours is in more boxes."""

MOST_GRAMS = 500_000
"""No parcel of ours weighs more: half a ton."""


@dataclass(frozen=True)
class Weighs:
    """What goods weigh in grams: themselves, and with their own packing."""

    net_g: int
    gross_g: int

    def is_odd(self, weight_g: int) -> bool:
        """Tell whether a closed parcel of these cannot well weigh so much."""
        return not self.net_g <= weight_g <= HEAVIEST * self.gross_g


@dataclass(frozen=True)
class LotPart:
    """Pieces of one lot for a line, and where in the place they lie."""

    number: str
    shelf: str
    pieces: int


@dataclass(frozen=True)
class Item:
    """One line of a parcel. ``codes``: what is printed on its pieces, lot numbers included, in capitals."""

    line: int
    title: str
    sku: str
    quantity: int
    codes: frozenset[str]
    lots: tuple[LotPart, ...] = ()
    weighs: Weighs | None = None


@dataclass(frozen=True)
class Difference:
    title: str
    expected: int
    counted: int


def differences(items: Iterable[Item], counted: Mapping[int, int]) -> list[Difference]:
    """Name the lines that were not counted as many as they must hold."""
    return [
        Difference(item.title, item.quantity, found)
        for item in items
        if (found := counted.get(item.line, 0)) != item.quantity
    ]


def scanned(items: Iterable[Item], code: str, counted: Mapping[int, int]) -> Item | None:
    """Return the line that a scanned code is of: of several one that is not full yet; none where it is not in here."""
    fits = [item for item in items if code.upper() in item.codes]
    return min(fits, key=lambda item: counted.get(item.line, 0) >= item.quantity, default=None)


def weight_of(items: Iterable[Item]) -> Weighs | None:
    """Add up what lines weigh; none where it is not known of one."""
    weights = [
        item.weighs and Weighs(item.weighs.net_g * item.quantity, item.weighs.gross_g * item.quantity) for item in items
    ]
    known = [weight for weight in weights if weight]
    if len(known) < len(weights) or not known:
        return None
    return Weighs(sum(weight.net_g for weight in known), sum(weight.gross_g for weight in known))
