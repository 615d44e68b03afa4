"""What the stand-in remembers, and answers by idempotency key. In memory, or in one JSON file."""

import copy
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .refusals import Answer, Refused, invalid

KEPT = (
    "intents",
    "charges",
    "refunds",
    "disputes",
    "transactions",
    "payouts",
    "events",
    "answers",
    "due",
    "challenges",
)
KEY_LIVES = 24 * 3600
"""Seconds after which Stripe may forget a key; the stand-in always does."""

EVENTS_KEPT = 30 * 24 * 3600
LARGE, SAVED_EVERY = 1_000_000, 2.0
"""From so many characters on, the file is written every so many seconds, not with each change."""

PREFIXES = {
    "pi_": "intents",
    "ch_": "charges",
    "re_": "refunds",
    "dp_": "disputes",
    "txn_": "transactions",
    "po_": "payouts",
    "evt_": "events",
}


class Store:
    """Objects by id, each kind in its own dictionary. One lock: a demonstration serves one request at a time."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.lock = threading.RLock()
        self.in_flight: set[str] = set()
        self._unsaved, self._size, self._saved_at = False, 0, 0.0
        self.intents: dict[str, dict[str, Any]] = {}
        self.charges: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.transactions: dict[str, dict[str, Any]] = {}
        self.payouts: dict[str, dict[str, Any]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.challenges: dict[str, dict[str, Any]] = {}
        self.due: list[dict[str, Any]] = []
        if file and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            for name in KEPT:
                setattr(self, name, kept.get(name, getattr(self, name)))

    def find(self, object_id: str) -> dict[str, Any]:
        """Return any object by its id."""
        kind = next((kind for prefix, kind in PREFIXES.items() if object_id.startswith(prefix)), "")
        found = getattr(self, kind, {}).get(object_id)
        if found is None:
            raise invalid("resource_missing", f"No such {kind.rstrip('s') or 'object'}: '{object_id}'", 404)
        return found  # type: ignore[no-any-return]

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Hold a key while its call is being worked on: the same key meanwhile is told that it is in use."""
        with self.lock:
            if key and key in self.in_flight:
                raise Refused(409, "idempotency_error", "idempotency_key_in_use", "This key is being used right now.")
            self.in_flight.add(key)
        try:
            yield
        finally:
            with self.lock:
                self.in_flight.discard(key)

    def once(self, key: str, asked: Mapping[str, Any], action: Callable[[], Answer]) -> Answer:
        """Answer as the first time when the key was used before; the same key for something else is an error.

        What was refused before it was executed is not saved; anything else is, an error of the bank's own too.
        """
        with self.lock:
            digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
            known = self.answered(key)
            if known:
                if known["digest"] != digest:
                    raise Refused(400, "idempotency_error", "idempotency_error", "This key was used for other values.")
                return known["status"], copy.deepcopy(known["body"])
            try:
                status, body = action()
            except Refused as refused:
                if not refused.kept:
                    raise
                status, body = refused.status, refused.body
            body = copy.deepcopy(body)
            if key:
                self.answers[key] = {"digest": digest, "status": status, "body": body, "at": time.time()}
            self.save()
            return status, copy.deepcopy(body)

    def answered(self, key: str) -> dict[str, Any] | None:
        """Return what was answered under a key that is not forgotten yet."""
        known = self.answers.get(key) if key else None
        if known and time.time() - known.get("at", 0) > KEY_LIVES:
            del self.answers[key]
            return None
        return known

    def save(self) -> None:
        """Write the file: at once while it is small, else every few seconds, or by ``flush``."""
        if self.file is None:
            return
        self._unsaved = True
        if self._size < LARGE or time.monotonic() - self._saved_at > SAVED_EVERY:
            self.flush()

    def save_late(self) -> None:
        """Write what has waited long enough."""
        if self._unsaved and time.monotonic() - self._saved_at > SAVED_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what was not written yet."""
        with self.lock:
            if self.file is None or not self._unsaved:
                return
            now = time.time()
            self.events = {key: event for key, event in self.events.items() if event["created"] > now - EVENTS_KEPT}
            self.answers = {key: answer for key, answer in self.answers.items() if answer["at"] > now - KEY_LIVES}
            text = json.dumps({name: getattr(self, name) for name in KEPT})
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new = self.file.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(text, encoding="utf-8")
            new.replace(self.file)
            self._unsaved, self._size, self._saved_at = False, len(text), time.monotonic()


def new_id(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(12)}"


def expanded(store: Store, found: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return a copy with the ids at these paths replaced by what they stand for, as ``expand`` asks."""
    answer = copy.deepcopy(dict(found))
    for path in paths:
        _expand(store, answer, path.split("."))
    return answer


def _expand(store: Store, into: dict[str, Any], path: list[str]) -> None:
    name, rest = path[0], path[1:]
    if name == "data" and isinstance(into.get("data"), list):
        for item in into["data"]:
            _expand(store, item, rest)
        return
    value = into.get(name)
    if isinstance(value, str):
        into[name] = copy.deepcopy(store.find(value))
    elif value is None and name not in into:
        raise invalid("parameter_invalid", f"This property cannot be expanded ({name}).")
    if rest and isinstance(into[name], dict):
        _expand(store, into[name], rest)
