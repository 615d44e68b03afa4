"""The port for couriers: what they are told and what they tell, as plain data."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""Before it no parcel of ours was carried: what is dated so is a mistake."""

LONGEST_KEY, LONGEST_PARCEL, LONGEST_WORD, LONGEST_NOTE = 120, 80, 80, 200


class NotToldSo(Exception):
    """This courier does not tell us so: our own rounds are written down on the driver's page."""


@dataclass(frozen=True)
class Announced:
    """A parcel as its courier is told of it. ``due``: the dirhams to ask for at the door, none when it is paid."""

    parcel: str
    name: str
    phone: str
    address: str
    town: str
    province: str
    country: str
    pieces: int
    due: Decimal | None


@dataclass(frozen=True)
class Told:
    """One thing that a courier tells of one parcel. The same ``key`` again is the same thing."""

    key: str
    parcel: str
    word: str
    occurred_at: datetime
    note: str = ""
    row: int | None = None
    raw: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Columns:
    """What a courier calls the columns of its file, beside the names that we know in any case."""

    parcel: str = ""
    word: str = ""
    at: str = ""
    key: str = ""
    note: str = ""


class CourierGateway(Protocol):
    """``tells``: whether it sends statuses. ``heads`` and ``row`` make the table of what it is told."""

    tells: bool

    def heads(self) -> Sequence[str]: ...

    def row(self, parcel: Announced) -> Sequence[Any]: ...

    def read(self, content: bytes, *, now: datetime) -> Iterable[Told]:
        """Read a file of statuses, all or nothing. Raises ``tables.TableRefused`` or ``NotToldSo``."""
        ...


def key_of(parcel: str, word: str, occurred_at: datetime) -> str:
    """Name what a courier gave no number: by what it says, so that it counts once whichever way it comes."""
    said = "\n".join((parcel, " ".join(word.split()).casefold(), occurred_at.isoformat(timespec="seconds")))
    return hashlib.sha256(said.encode()).hexdigest()[:40]
