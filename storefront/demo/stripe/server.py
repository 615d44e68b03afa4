"""The stand-in's HTTP face: the few addresses of Stripe's API that the shop uses, its script and its card field."""

import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .bank import Answer, Bank, Refused, invalid

FILES = Path(__file__).parent / "files"
PAGES = {
    "/v3/": ("stripe.js", "text/javascript"),
    "/v3/field": ("field.html", "text/html"),
    "/v3/field.js": ("field.js", "text/javascript"),
    "/v3/field.css": ("field.css", "text/css"),
}
INTENT = re.compile(r"/v1/payment_intents(?:/(?P<id>pi_[0-9a-f]+)(?:/(?P<action>confirm|cancel))?)?")
LARGEST_BODY = 64 * 1024
LOOPBACK = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "StandIn"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in PAGES:
            name, kind = PAGES[path]
            return self._send(200, (FILES / name).read_bytes(), f"{kind}; charset=utf-8")
        match = INTENT.fullmatch(path)
        if match and match["id"] and not match["action"]:
            return self._answer(lambda: self._retrieve(match["id"]))
        return self._answer(_nowhere)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            return self._send(413, b"", "text/plain")
        params = unflatten(self.rfile.read(length).decode())
        match = INTENT.fullmatch(urlsplit(self.path).path)
        if not match:
            return self._answer(_nowhere)
        return self._answer(lambda: self._change(match["id"], match["action"], params))

    def _retrieve(self, intent_id: str) -> Answer:
        self._check_secret_key()
        return 200, self.server.bank.retrieve(intent_id)

    def _change(self, intent_id: str | None, action: str | None, params: dict[str, Any]) -> Answer:
        bank = self.server.bank
        if action == "confirm" and intent_id:
            if params.get("client_secret") != bank.retrieve(intent_id)["client_secret"]:
                raise invalid("resource_missing", "The client_secret does not fit.", 404)
            return bank.once("", params, lambda: bank.confirm(intent_id, params.get("card", {})))
        self._check_secret_key()
        key = self.headers.get("Idempotency-Key", "")
        if intent_id and action == "cancel":
            asked = {"path": self.path, **params}
            return bank.once(key, asked, lambda: bank.cancel(intent_id, str(params.get("cancellation_reason", ""))))
        if intent_id or action:
            return _nowhere()
        return bank.once(key, {"path": self.path, **params}, lambda: bank.create(params))

    def _check_secret_key(self) -> None:
        if not self.headers.get("Authorization", "").startswith("Bearer sk_test_"):
            raise Refused(401, "invalid_request_error", "api_key_invalid", "Invalid API Key provided.")

    def _answer(self, action: Callable[[], Answer]) -> None:
        try:
            status, body = action()
        except Refused as refused:
            status, body = refused.status, refused.body
        if self.server.before_answer and not self.server.before_answer(self):
            self.close_connection = True  # the answer is lost, what was done stays done
            return
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet: a card number must not reach a log even here."""


class StandIn(ThreadingHTTPServer):
    """The server. ``before_answer`` is where a test makes an answer late or loses it."""

    daemon_threads = True

    def __init__(self, port: int, bank: Bank) -> None:
        self.bank = bank
        self.before_answer: Callable[[Handler], bool] | None = None
        super().__init__((LOOPBACK, port), Handler)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody waits for an answer any more: nothing to say."""


def _nowhere() -> Answer:
    raise invalid("url_invalid", "Unrecognized request URL.", 404)


def unflatten(body: str) -> dict[str, Any]:
    """Read ``metadata[order_number]=X`` as nested values, one level deep."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        outer, bracket, inner = name.partition("[")
        if bracket:
            found.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            found[outer] = value
    return found
