"""Words as a document takes them: with the direction they are read in, so that none turns its neighbours round."""

import unicodedata
from typing import Any

LTR, RTL = "ltr", "rtl"
RIGHT_TO_LEFT = frozenset({"R", "AL"})
ARABIC = "ar"


def direction_of(text: str) -> str:
    """Return how a text is read: by its first letter that has a direction, left to right where none has."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return LTR
        if kind in RIGHT_TO_LEFT:
            return RTL
    return LTR


def run(text: object) -> dict[str, Any]:
    """Return a text with its own direction: a name, an address, an amount, a code."""
    words = str(text)
    return {"text": words, "dir": direction_of(words)}


def page_direction(language: str) -> str:
    return RTL if language == ARABIC else LTR
