"""What a courier's machine tells: signed JSON in the shape of ``docs/couriers.md``."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .base import EARLIEST, LONGEST_KEY, LONGEST_NOTE, LONGEST_PARCEL, LONGEST_WORD, Told, key_of

WINDOW = timedelta(seconds=300)
MOST_EVENTS = 500
FIELDS = {"id": LONGEST_KEY, "parcel": LONGEST_PARCEL, "status": LONGEST_WORD, "note": LONGEST_NOTE}
REQUIRED = ("parcel", "status")


class Forged(Exception):
    """Not signed with a secret of this courier, or too long ago. ``reason`` is for our log alone."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Misshapen(Exception):
    """Signed, and not in the shape that was agreed. ``event`` is its place in the list, from 0."""

    def __init__(self, reason: str, event: int | None = None) -> None:
        self.reason, self.event = reason, event
        super().__init__(reason)


def signature(raw: bytes, timestamp: str, secret: str) -> str:
    """Return what a courier signs: the seconds since 1970, a point, and the body as it is sent."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def check(raw: bytes, *, timestamp: str, signed: str, secrets: Iterable[str], now: datetime) -> None:
    """Raise ``Forged`` unless one of the secrets signed this body within five minutes."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        raise Forged("timestamp")
    given = signed.strip().lower().removeprefix("sha256=").encode("utf-8", "replace")
    good = [hmac.compare_digest(signature(raw, timestamp, secret).encode(), given) for secret in secrets]
    if not any(good):
        raise Forged("signature")
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise Forged("stale")


def read_events(raw: bytes, *, now: datetime) -> list[Told]:
    """Read a signed body, all or nothing. Raises ``Misshapen``."""
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Misshapen("not JSON in UTF-8") from error
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list) or not events:
        raise Misshapen("“events” is a list of one event or more")
    if len(events) > MOST_EVENTS:
        raise Misshapen(f"more than {MOST_EVENTS} events")
    told: dict[str, Told] = {}
    for place, event in enumerate(events):
        one = _told(place, event, now)
        if told.setdefault(one.key, one) != one:
            raise Misshapen("two different events have this id", place)
    return list(told.values())


def _told(place: int, event: Any, now: datetime) -> Told:
    if not isinstance(event, Mapping):
        raise Misshapen("an event is an object", place)
    texts = {name: _text(place, event, name, limit) for name, limit in FIELDS.items()}
    if not _is_storable(event):
        raise Misshapen("an event holds what cannot be kept", place)
    at = _instant(event.get("at"))
    if at is None or at < EARLIEST:
        raise Misshapen("“at” is an instant with its zone: 2026-11-20T14:05:00+01:00", place)
    if at > now + WINDOW:
        raise Misshapen("“at” has not come yet", place)
    key = texts["id"] or key_of(texts["parcel"], texts["status"], at)
    return Told(key, texts["parcel"], texts["status"], at, texts["note"], raw=dict(event))


def _text(place: int, event: Mapping[str, Any], name: str, longest: int) -> str:
    value = event.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Misshapen(f"“{name}” is a text of {longest} characters at most", place)
    if not value.isprintable() or (name in REQUIRED and not value.strip()):
        raise Misshapen(f"“{name}” is empty or holds what nobody sees", place)
    return value.strip()


def _is_storable(event: Mapping[str, Any]) -> bool:
    """Tell whether the database takes it as it is: no character nought, half a letter or infinity."""
    try:
        return "\\u0000" not in json.dumps(event, allow_nan=False, ensure_ascii=False).encode().decode()
    except (ValueError, RecursionError):
        return False


def _instant(written: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
