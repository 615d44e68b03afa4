"""How someone shops: the two choices, free of each other, that a price depends on."""

from dataclasses import dataclass
from typing import Protocol

HOME, EXPORT = "home", "export"
SIDES = (HOME, EXPORT)
HOME_COUNTRY = "MA"


def side_of(destination: str) -> str:
    """Return the tax side of a destination country: taxed at home, zero-rated abroad."""
    return HOME if destination == HOME_COUNTRY else EXPORT


class Terms(Protocol):
    """What a published price is asked for by: a visitor's choice has it, and so has a basket."""

    @property
    def currency(self) -> str: ...

    @property
    def side(self) -> str: ...


@dataclass(frozen=True)
class Shopping:
    """A currency and a destination (ISO country code). Neither follows from the other."""

    currency: str = "MAD"
    destination: str = HOME_COUNTRY

    @property
    def side(self) -> str:
        return side_of(self.destination)
