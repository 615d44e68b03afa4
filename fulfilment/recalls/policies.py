"""What was reached by lots that are called back. No database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

HERE, UNDER_WAY, DELIVERED, NOT_TAKEN = "here", "under_way", "delivered", "not_taken"
ORDER = (NOT_TAKEN, HERE, UNDER_WAY, DELIVERED)
PLACES = {
    **dict.fromkeys(("HANDED_OVER", "IN_TRANSIT"), UNDER_WAY),
    **dict.fromkeys(("REFUSED", "RETURNED", "LOST"), NOT_TAKEN),
}
"""Where a parcel is whose pieces left, by its state; of any other its buyer has it. What never left is still here."""


class Row(NamedTuple):
    """Pieces of one lot in one order line, and the parcel they are in (none: not opened yet)."""

    lot_id: int
    order_id: int
    number: str
    phone: str
    line_id: int
    parcel: str
    parcel_state: str
    state: str
    pieces: int

    @property
    def where(self) -> str:
        if self.state == "HELD":
            return HERE
        return NOT_TAKEN if self.state == "BACK" else PLACES.get(self.parcel_state, DELIVERED)


class Reached(NamedTuple):
    """One order, and where its pieces of recalled lots are."""

    order_id: int
    number: str
    phone: str
    rows: list[Row]

    @property
    def left(self) -> int:
        """How many pieces its buyer may have, or will."""
        return sum(row.pieces for row in self.rows if row.where in (UNDER_WAY, DELIVERED))

    @property
    def where(self) -> str:
        """Where the piece is that went furthest."""
        return max((row.where for row in self.rows), key=ORDER.index)

    @property
    def parcels(self) -> tuple[tuple[str, str], ...]:
        """Reference and state of each parcel."""
        return tuple(dict.fromkeys((row.parcel, row.parcel_state) for row in self.rows if row.parcel))


@dataclass(frozen=True)
class Shelf:
    """What one place still has of one lot."""

    lot_id: int
    place: str
    kind: str
    pieces: int
    on_the_way: bool = False


@dataclass(frozen=True)
class Reach:
    """All that lots reached: orders, parcels, buyers, places. ``lots`` names for each lot the one it holds, if any."""

    lots: Mapping[int, int | None]
    orders: tuple[Reached, ...]
    shelves: tuple[Shelf, ...]
    parcels: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def to_tell(self) -> tuple[Reached, ...]:
        return tuple(order for order in self.orders if order.left)

    @property
    def buyers(self) -> int:
        return len({order.phone for order in self.to_tell})

    @property
    def pieces_here(self) -> int:
        return sum(shelf.pieces for shelf in self.shelves)

    @property
    def places(self) -> int:
        return len({shelf.place for shelf in self.shelves})


def reach(lots: Mapping[int, int | None], rows: Iterable[Row], shelves: Iterable[Shelf]) -> Reach:
    """Put rows together by order and count the parcels by where they are."""
    by_order: dict[int, list[Row]] = {}
    where: dict[str, str] = {}
    for row in rows:
        by_order.setdefault(row.order_id, []).append(row)
        if row.parcel:
            where[row.parcel] = row.where
    orders = tuple(Reached(order_id, found[0].number, found[0].phone, found) for order_id, found in by_order.items())
    return Reach(lots, orders, tuple(shelves), count_of(list(where.values())))


def count_of(places: Collection[str]) -> dict[str, int]:
    return {place: sum(found == place for found in places) for place in reversed(ORDER)}
