"""What a courier's status means for a parcel as it stands. No database."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

NOTHING, ON_THE_WAY, OUT, ABSENT, REFUSED, DELIVERED, BACK, LOST = (
    "nothing",
    "on_the_way",
    "out",
    "absent",
    "refused",
    "delivered",
    "back",
    "lost",
)
WITH_REASON = (ABSENT, REFUSED)
BEFORE, UNDER_WAY = ("OPEN", "PICKED", "PACKED", "SHORT"), ("HANDED_OVER", "IN_TRANSIT")
AGREES = {DELIVERED: ("DELIVERED",), REFUSED: ("REFUSED", "RETURNED"), BACK: ("REFUSED", "RETURNED"), LOST: ("LOST",)}
"""A parcel in one of these states is where the status says it is."""

OVERTAKEN = (ON_THE_WAY, OUT)
"""Of a parcel that is further this says nothing, whenever it is told."""


@dataclass(frozen=True)
class Standing:
    """A parcel as we know it. ``ended_at``: when it was delivered, refused, taken back or lost."""

    state: str
    theirs: bool
    coming_back: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a status: done, known already (APPLIED), LATE, or REFUSED with why."""

    outcome: str
    why: str = ""
    act: bool = False


DO, KNOWN, LATE = Verdict("APPLIED", act=True), Verdict("APPLIED"), Verdict("LATE")


def judge(meaning: str, at: datetime, parcel: Standing) -> Verdict:
    """Decide what a status does. What contradicts what we know is refused, never guessed: a person sees it."""
    if parcel.state in BEFORE:
        return KNOWN if meaning == NOTHING else Verdict("REFUSED", "early")
    if not parcel.theirs:
        return Verdict("REFUSED", "not_theirs")
    if meaning == NOTHING or parcel.state in AGREES.get(meaning, ()):
        return KNOWN
    if parcel.state not in UNDER_WAY:
        older = parcel.ended_at is not None and at <= parcel.ended_at
        if meaning in OVERTAKEN or (older and meaning in (ABSENT, BACK)):
            return LATE
        return Verdict("REFUSED", "ended")
    if parcel.coming_back:
        return _on_its_way_back(meaning)
    return DO


def _on_its_way_back(meaning: str) -> Verdict:
    if meaning == LOST:
        return DO
    if meaning in (BACK, REFUSED):
        return KNOWN
    return Verdict("REFUSED", "coming_back") if meaning == DELIVERED else LATE


def folded(word: str) -> str:
    """Write a status so that its spellings are one: no case, no accents, one space for any sign."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(plain.split())


def dated(occurred_at: datetime, *, handed_over_at: datetime | None, received_at: datetime) -> datetime:
    """Return when it happened, within what is possible: not before the hand-over, not after we were told."""
    at = min(occurred_at, received_at)
    return max(at, handed_over_at) if handed_over_at else at
