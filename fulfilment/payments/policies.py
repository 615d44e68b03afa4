"""Rules of payments that need no database."""

from datetime import timedelta

KEY_LIVES = timedelta(hours=23)
"""A provider may forget a key after a day: from here on what was asked is looked for, never asked blindly again."""

GAPS_WITHIN = timedelta(days=3)
"""How far back the provider's list of events is compared with what it delivered: as long as it goes on trying."""

EVENTS_KEPT = timedelta(days=90)
EVENT_SLOW = timedelta(minutes=10)
"""An event that waits longer than this to be applied is told to someone."""

GIVEN_BACK = "given back by a person"
"""So begins the note on a payment that the bank will always call paid, and that was returned."""

DISPUTE_SILENT = timedelta(hours=6)
"""So long after the last word of an open dispute its provider is asked again."""

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
