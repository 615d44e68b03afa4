"""Which figures may be told without telling what one cooperative was paid. Plain Python.

Who belongs to which region, and which are women's, anyone can read. So no figure is shown, nor any difference of
figures that are shown, that is of one or two cooperatives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

FEWEST = 3
WINDOWS = ("ever", "lately", "before")


@dataclass(frozen=True)
class Paid:
    """What was paid, and to how many cooperatives: in all, lately, and before that."""

    ever_mad: Decimal = Decimal("0.00")
    lately_mad: Decimal = Decimal("0.00")
    ever: int = 0
    lately: int = 0
    before: int = 0

    def __add__(self, other: "Paid") -> "Paid":
        """Add what was paid to others; no cooperative is in both."""
        return Paid(
            self.ever_mad + other.ever_mad,
            self.lately_mad + other.lately_mad,
            *(getattr(self, window) + getattr(other, window) for window in WINDOWS),
        )

    @property
    def may_be_told(self) -> bool:
        return all(_are_enough(getattr(self, window)) for window in WINDOWS)


@dataclass(frozen=True)
class Place:
    """What was paid in one region, or in several together (without a name): to women's cooperatives and to others."""

    name: str
    womens: Paid = Paid()
    others: Paid = Paid()

    @property
    def whole(self) -> Paid:
        return self.womens + self.others


def grouped(places: Iterable[Place]) -> tuple[list[Place], Place | None]:
    """Return the regions that may stand alone, by what was paid, and the others together.

    The others are joined by the smallest of those that may stand, until they are enough. Where even all of them
    are not, nothing is told.
    """
    paid = sorted(
        (place for place in places if place.whole.ever), key=lambda place: (-place.whole.ever_mad, place.name)
    )
    standing = [place for place in paid if place.whole.may_be_told]
    hidden = [place for place in paid if not place.whole.may_be_told]
    while hidden and standing and not _together(hidden).whole.may_be_told:
        hidden.append(standing.pop())
    if not hidden:
        return standing, None
    together = _together(hidden)
    return (standing, together) if together.whole.may_be_told else ([], None)


def womens_may_be_told(shown: Sequence[Place]) -> bool:
    """Tell whether the sum for women's cooperatives may stand beside these figures.

    Taken from any of them, it leaves at the least, of each place, the fewer of women's cooperatives and others.
    """
    womens = sum((place.womens for place in shown), Paid())
    return womens.may_be_told and all(
        _are_enough(sum(min(getattr(place.womens, window), getattr(place.others, window)) for place in shown))
        for window in WINDOWS
    )


def _together(places: Iterable[Place]) -> Place:
    places = list(places)
    return Place("", sum((one.womens for one in places), Paid()), sum((one.others for one in places), Paid()))


def _are_enough(cooperatives: int) -> bool:
    return cooperatives == 0 or cooperatives >= FEWEST
