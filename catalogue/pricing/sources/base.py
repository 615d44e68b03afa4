"""The port that every source of rates stands behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


class SourceUnavailable(Exception):
    """The source could not be asked, or said that it cannot answer now. Asking again later may help."""


class TooManyQuestions(SourceUnavailable):
    """The source wants to be asked less often."""


class KeyRefused(Exception):
    """The source does not know our key: someone must see to it."""


class Garbled(Exception):
    """The source answered something that cannot be read as rates; nothing of it is kept."""


@dataclass(frozen=True)
class FixedRate:
    """Dirhams for one unit of a currency on a day, and who says so."""

    currency: str
    day: date
    mad_per_unit: Decimal
    source: str


class Source(Protocol):
    def fetch(self, day: date) -> Sequence[FixedRate]:
        """Return a day's rates; none when the day has none."""
        ...
