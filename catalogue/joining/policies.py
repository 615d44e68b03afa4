"""Which papers an application needs, which step follows which, how long a code is good. No database."""

from collections.abc import Collection
from datetime import datetime, timedelta

SENT, IN_REVIEW, MORE_ASKED = "SENT", "IN_REVIEW", "MORE_ASKED"
APPROVED, AGREED, ACTIVE = "APPROVED", "AGREED", "ACTIVE"
REFUSED, WITHDRAWN = "REFUSED", "WITHDRAWN"
OVER = frozenset({REFUSED, WITHDRAWN})
"""Its numbers are free for another application then."""
MOVES: dict[str, frozenset[str]] = {
    SENT: OVER | {IN_REVIEW},
    IN_REVIEW: OVER | {MORE_ASKED, APPROVED},
    MORE_ASKED: OVER | {IN_REVIEW},
    APPROVED: OVER | {AGREED},
    AGREED: OVER | {ACTIVE},
}
"""The database holds the same (``migrations/0004_ways_out``)."""
UNDECIDED = frozenset({SENT, IN_REVIEW, MORE_ASKED})
MAY_CHANGE_PHONE = frozenset({IN_REVIEW, MORE_ASKED, APPROVED, AGREED})
"""Once someone of the office looks at it, and until its pages are open."""

STATUTES, REGISTER, RIB, ONSSA = "statutes", "register", "rib", "onssa"
CRAFTS = frozenset({"basketry", "clothing", "copper", "jewellery", "leather", "pottery", "weaving", "wood"})
"""What nobody eats or rubs in needs no authorisation of the food office."""

MOST_DOCUMENTS = 20
"""Files of one application in all, those that were sent again included."""

LASTS = timedelta(hours=1)
"""How long a code that activates is good."""

PAUSE = timedelta(minutes=1)
"""Between two codes."""

WRONG_CODES = 5
"""After so many wrong tries a code opens nothing any more."""


def may_move(before: str, after: str) -> bool:
    return after in MOVES.get(before, ())


def needed_documents(sector: str, rib: str) -> list[str]:
    """Return the papers without which nothing is approved, in the order that they are asked for."""
    needed = [STATUTES, REGISTER]
    if rib:
        needed.append(RIB)
    if needs_onssa(sector):
        needed.append(ONSSA)
    return needed


def missing_documents(sector: str, rib: str, sent: Collection[str]) -> list[str]:
    return [kind for kind in needed_documents(sector, rib) if kind not in sent]


def needs_onssa(sector: str) -> bool:
    return sector not in CRAFTS


def is_good(given_at: datetime | None, wrong: int, now: datetime) -> bool:
    """Tell whether a code that was given may still be typed."""
    return given_at is not None and now < given_at + LASTS and wrong < WRONG_CODES


def asks_for_code(state: str, proved_at: datetime | None) -> bool:
    """Tell whether a code is of use: to prove the phone before the office decides, or to open the pages."""
    return state == AGREED or (state in UNDECIDED and proved_at is None)


def may_give(given_at: datetime | None, now: datetime) -> bool:
    """Tell whether another code may be sent already."""
    return given_at is None or now >= given_at + PAUSE
