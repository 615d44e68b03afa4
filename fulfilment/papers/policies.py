"""When a parcel's paper may still change. No database."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

MOST_PARCELS = 100
"""So many on one manifest: their orders are locked together while they are handed over."""

CHANGING = {"label": ("OPEN", "PICKED", "PACKED", "HANDED_OVER"), "slip": ("OPEN", "PICKED")}
"""States of a parcel in which a paper of it is made anew when what it says changed.

A slip is closed in with the goods; a label learns its courier when it is handed over, and stays as it then went.
"""


QR_OPENS_FOR = timedelta(days=20)
"""A label older than this is made anew while its parcel is here: the address in its QR opens for thirty days."""


def may_change(kind: str, state: str) -> bool:
    return state in CHANGING[kind]


def still_good(kind: str, made_at: datetime, now: datetime) -> bool:
    """Tell whether a paper that says the right thing may go with the parcel."""
    return kind != "label" or now - made_at < QR_OPENS_FOR


def digest(content: Mapping[str, Any]) -> str:
    """Return the hash of what a paper says: plain data, in any order of its names, the codes left out."""
    words = {name: value for name, value in content.items() if name != "codes"}
    said = json.dumps(words, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
