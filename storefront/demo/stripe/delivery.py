"""Events on their way to the shop's webhook: signed as Stripe signs, late, twice, shuffled or lost as controls ask."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

BACK_OFF = (1, 5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""Seconds before an event is sent again that the shop did not take; after the last it is given up."""

ANSWER_SECONDS = 10
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def signature(payload: bytes, secret: str, at: int) -> str:
    """Return the ``Stripe-Signature`` header of a payload."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


@dataclass
class Manner:
    """How events travel: ``delay`` seconds late, ``copies`` of each, in any order, the next ``drop`` not at all."""

    delay: float = 0.0
    copies: int = 1
    shuffle: bool = False
    drop: int = 0


@dataclass(order=True)
class Parcel:
    due_at: float
    event: dict[str, Any] = field(compare=False)
    tries: int = field(default=0, compare=False)


class Deliverer:
    """A thread that posts events to one address. ``receive`` is what the bank calls with each new event."""

    def __init__(self, url: str, secret: str, back_off: tuple[float, ...] = BACK_OFF) -> None:
        if urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("The demonstration bank delivers on this machine only.")
        self.url, self.secret, self.back_off = url, secret, back_off
        self.manner = Manner()
        self.waiting: list[Parcel] = []
        self.delivered: list[str] = []
        self.given_up: list[str] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="deliverer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(ANSWER_SECONDS + 1)

    def receive(self, event: dict[str, Any]) -> None:
        with self._changed:
            if self.manner.drop:
                self.manner.drop -= 1
                return
            for _ in range(self.manner.copies):
                self.waiting.append(Parcel(time.monotonic() + self.manner.delay, event))
            self._changed.notify_all()

    def _run(self) -> None:
        while (parcel := self._next()) is not None:
            if self._post(parcel.event):
                self.delivered.append(parcel.event["id"])
            elif parcel.tries < len(self.back_off):
                again = Parcel(time.monotonic() + self.back_off[parcel.tries], parcel.event, parcel.tries + 1)
                with self._changed:
                    self.waiting.append(again)
            else:
                self.given_up.append(parcel.event["id"])

    def _next(self) -> Parcel | None:
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                ready = [parcel for parcel in self.waiting if parcel.due_at <= now]
                if ready:
                    chosen = random.choice(ready) if self.manner.shuffle else min(ready)  # noqa: S311 (no secret)
                    self.waiting.remove(chosen)
                    return chosen
                soonest = min((parcel.due_at for parcel in self.waiting), default=now + 3600)
                self._changed.wait(soonest - now)
        return None

    def _post(self, event: dict[str, Any]) -> bool:
        payload = json.dumps(event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, self.secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (demonstration)",
        }
        request = urllib.request.Request(self.url, payload, headers)  # noqa: S310 (loopback, checked above)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                return 200 <= answer.status < 300
        except (urllib.error.URLError, OSError):
            return False
