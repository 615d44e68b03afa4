"""Which lots, and from where, goods are taken. No database.

The rule: as few parcels as can be; among those the nearest; among those the lots that age first. Within what was
chosen, pieces come from the lot that ages first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0
EXACT_PLACES = 10
"""Up to so many places every choice is looked at; beyond, the place that serves most is taken again and again."""

WHOLE_LOT = 1000
"""Shares of a lot are told in thousandths."""

LEAST_DAYS_HOME, LEAST_DAYS_ABROAD = 10, 45
"""What must be left of a lot's life when it is sold; never more than a third of all of it."""


@dataclass(frozen=True)
class Position:
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Candidate:
    """Free pieces of one lot at one place."""

    stock_id: int
    stockrecord_id: int
    lot_id: int
    place_id: int
    free: int
    produced_on: date
    best_before: date | None = None
    position: Position | None = None

    @property
    def age(self) -> tuple[date, date, int, int]:
        """Stand in the order in which lots are sold: what ends first goes first."""
        return self.best_before or date.max, self.produced_on, self.lot_id, self.stock_id


@dataclass(frozen=True)
class Take:
    """So many pieces of one lot from one place."""

    stock_id: int
    stockrecord_id: int
    place_id: int
    quantity: int


class Short(Exception):
    """Less is there than was asked. ``left`` says how many of each stock record that falls short."""

    def __init__(self, left: Mapping[int, int]) -> None:
        self.left = dict(left)
        super().__init__(f"short of stock records {self.left}")


def least_days(*, abroad: bool, shelf_life_days: int | None) -> int:
    """Return how many days a lot must still last on the day it is sold."""
    wanted = LEAST_DAYS_ABROAD if abroad else LEAST_DAYS_HOME
    return min(wanted, shelf_life_days // 3) if shelf_life_days else wanted


def lasts(best_before: date | None, day: date, days: int) -> bool:
    """Tell whether a lot may still be sold on a day: it lasts beyond that day and so many more."""
    return best_before is None or best_before > day + timedelta(days=days)


def distance_km(one: Position | None, other: Position | None) -> float:
    """Return the way over the ground between two points, nothing where one is not known."""
    if one is None or other is None:
        return 0.0
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def choose(wanted: Mapping[int, int], candidates: Sequence[Candidate], to: Position | None = None) -> list[Take]:
    """Choose pieces for every wanted stock record (id: pieces), all of them or none. Raises ``Short``.

    ``to`` is where they go; without it no place is nearer than another.
    """
    usable = [found for found in candidates if found.free > 0 and found.stockrecord_id in wanted]
    left = {record: sum(found.free for found in usable if found.stockrecord_id == record) for record in wanted}
    short = {record: left[record] for record, quantity in wanted.items() if left[record] < quantity}
    if short:
        raise Short(short)
    places = _places(wanted, usable, to)
    chosen = sorted((found for found in usable if found.place_id in places), key=lambda found: found.age)
    return [take for record in sorted(wanted) for take in _take(record, wanted[record], chosen)]


def choose_one_place(
    stockrecord_id: int, quantity: int, candidates: Sequence[Candidate], to: Position | None = None
) -> list[Take]:
    """Choose pieces of one thing that all come from one place. Raises ``Short`` with the most that one place has."""
    by_place: dict[int, list[Candidate]] = {}
    for found in candidates:
        if found.stockrecord_id == stockrecord_id and found.free > 0:
            by_place.setdefault(found.place_id, []).append(found)
    free = {place: sum(found.free for found in there) for place, there in by_place.items()}
    able = [place for place, pieces in free.items() if pieces >= quantity]
    if not able:
        raise Short({stockrecord_id: max(free.values(), default=0)})

    def rank(place: int) -> tuple[float, tuple[date, date, int, int]]:
        there = by_place[place]
        return round(distance_km(there[0].position, to), 3), min(found.age for found in there)

    there = sorted(by_place[min(able, key=rank)], key=lambda found: found.age)
    return list(_take(stockrecord_id, quantity, there))


def _take(record: int, quantity: int, candidates: Iterable[Candidate]) -> Iterator[Take]:
    for found in candidates:
        if quantity and found.stockrecord_id == record:
            pieces = min(quantity, found.free)
            quantity -= pieces
            yield Take(found.stock_id, record, found.place_id, pieces)


def _places(wanted: Mapping[int, int], usable: Sequence[Candidate], to: Position | None) -> frozenset[int]:
    """Return the places to send from: as few as serve everything, then the nearest, then those with older lots."""
    free: dict[int, dict[int, int]] = {}
    for found in usable:
        there = free.setdefault(found.place_id, {})
        there[found.stockrecord_id] = there.get(found.stockrecord_id, 0) + found.free
    far = {found.place_id: distance_km(found.position, to) for found in usable}

    def serves(places: Iterable[int]) -> bool:
        return all(sum(free[place].get(record, 0) for place in places) >= pieces for record, pieces in wanted.items())

    def rank(places: Iterable[int]) -> tuple[float, list[tuple[date, date, int, int]]]:
        group = frozenset(places)
        ages = sorted(found.age for found in usable if found.place_id in group)
        return round(sum(far[place] for place in group), 3), ages

    places = sorted(free)
    if len(places) > EXACT_PLACES:
        return _greedy(wanted, free, far)
    for number in range(1, len(places) + 1):
        able = [group for group in combinations(places, number) if serves(group)]
        if able:
            return frozenset(min(able, key=rank))
    return frozenset(places)


def _greedy(
    wanted: Mapping[int, int], free: Mapping[int, Mapping[int, int]], far: Mapping[int, float]
) -> frozenset[int]:
    """Take the place that serves most of what is still wanted, the nearest of equals, until all is served."""
    missing, chosen = dict(wanted), set[int]()
    while any(missing.values()):
        served = {
            place: sum(min(missing[record], pieces) for record, pieces in there.items())
            for place, there in free.items()
            if place not in chosen
        }
        best = min(served, key=lambda place: (-served[place], round(far[place], 3), place))
        chosen.add(best)
        missing = {record: max(0, pieces - free[best].get(record, 0)) for record, pieces in missing.items()}
    return frozenset(chosen)
