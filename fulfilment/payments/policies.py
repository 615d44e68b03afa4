"""Rules of payments that need no database."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

KEY_LIVES = timedelta(hours=23)
"""A provider may forget a key after a day: from here on what was asked is looked for, never asked blindly again."""

GAPS_WITHIN = timedelta(days=3)
"""How far back the provider's list of events is compared with what it delivered: as long as it goes on trying."""

EVENTS_KEPT = timedelta(days=90)
EVENT_SLOW = timedelta(minutes=10)
"""An event that waits longer than this to be applied is told to someone."""

REMINDED = "transfer_reminded"
"""So an order's timeline names the day its buyer was told that the time for the transfer ends."""
HELD_FOR = timedelta(days=7)
"""How long a card is held where the provider does not say."""

ANSWER_WITHIN, BEFORE_THE_END = timedelta(days=6), timedelta(hours=12)
REMIND_BEFORE = timedelta(days=1)
HOLDS_LOOKED_AT_EVERY = timedelta(hours=1)

GIVEN_BACK = "given back by a person"
"""So begins the note on a payment that the bank will always call paid, and that was returned."""

REFERENCE = re.compile(r"[0-9A-Z./-]{3,40}", re.ASCII)


class NotABankReference(ValueError):
    """Not what a bank writes beside a line of its statement."""


def bank_reference(written: str) -> str:
    """Return a bank's reference as it is compared: capitals, no spaces. Raises ``NotABankReference``."""
    reference = "".join(written.upper().split())
    if REFERENCE.fullmatch(reference) is None:
        raise NotABankReference(written)
    return reference


def answer_by(held_at: datetime, capture_before: datetime) -> datetime:
    """Return the last moment to answer for a card that is held: day six, earlier where the hold itself ends earlier.

    A hold that ends within half a day is answered in half of what it lasts.
    """
    last = max(capture_before - BEFORE_THE_END, held_at + (capture_before - held_at) / 2)
    return min(held_at + ANSWER_WITHIN, last)


def free_runs(quantity: int, taken: Iterable[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    """Choose so many pieces of a line, the first that are free, as runs (first piece, how many).

    ``taken`` are runs too. Fewer are given where fewer are left.
    """
    gone = {piece for first, pieces in taken for piece in range(first, first + pieces)}
    free = [piece for piece in range(quantity) if piece not in gone][: max(wanted, 0)]
    runs: list[tuple[int, int]] = []
    for piece in free:
        if runs and piece == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((piece, 1))
    return runs


DISPUTE_SILENT = timedelta(hours=6)
"""So long after the last word of an open dispute its provider is asked again."""

ANSWER_STILL_DUE = timedelta(minutes=20)
"""So long after it was written an answer to the bank is sent again: its job may have given up."""

DISPUTE_STEPS = (
    "WARNING_NEEDS_RESPONSE",
    "WARNING_UNDER_REVIEW",
    "WARNING_CLOSED",
    "NEEDS_RESPONSE",
    "UNDER_REVIEW",
    "PREVENTED",
    "LOST",
    "WON",
)
"""The only way a dispute goes. An answer that was asked for earlier and comes later takes no step back."""


def moves_on(before: str, after: str) -> bool:
    """Tell whether a dispute may go from one state to the other, or stay."""
    return DISPUTE_STEPS.index(after) >= DISPUTE_STEPS.index(before)
