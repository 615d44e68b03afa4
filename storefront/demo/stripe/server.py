"""The stand-in's HTTP face: the addresses of Stripe's API that a shop uses, its script and its frames."""

import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stripe

from .bank import Bank
from .controls import control
from .delivery import Deliverer
from .faults import Fault, Faults
from .refusals import Answer, Refused, invalid, not_valid
from .routes import Route, route_of
from .schema import check, unflatten
from .store import expanded, new_id

FILES = Path(__file__).parent / "files"
PAGES = {
    "/v3/": ("stripe.js", "text/javascript"),
    "/v3/field": ("field.html", "text/html"),
    "/v3/field.js": ("field.js", "text/javascript"),
    "/v3/field.css": ("field.css", "text/css"),
    "/v3/challenge": ("challenge.html", "text/html"),
    "/v3/challenge.js": ("challenge.js", "text/javascript"),
    "/v3/texts.js": ("texts.js", "text/javascript"),
}
BY_BUYER = re.compile(r"/v1/payment_intents/(?P<id>pi_[0-9a-f]+)(?:/(?P<action>confirm|authenticate))?")
"""What Stripe's own script asks with the publishable key and the payment's secret."""

LARGEST_BODY = 64 * 1024
LOOPBACK = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "StandIn"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path in PAGES:
            name, kind = PAGES[parts.path]
            return self._send(200, (FILES / name).read_bytes(), f"{kind}; charset=utf-8")
        return self._serve("GET", parts.path, parts.query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self._send(413, b"", "text/plain")
        return self._serve("POST", urlsplit(self.path).path, self.rfile.read(length).decode())

    def _serve(self, method: str, path: str, text: str) -> None:
        fault = self.server.faults.take(method, path)
        if fault and fault.kind == "unreachable":
            self.close_connection = True
            return
        try:
            status, body = self._work(method, path, text, fault)
        except Refused as refused:
            status, body = refused.status, refused.body
        lost = fault is not None and fault.kind == "lost"
        if lost or (self.server.before_answer and not self.server.before_answer(self)):
            self.close_connection = True  # the answer is lost, what was done stays done
            return
        self._send(status, json.dumps(body).encode(), "application/json")

    def _work(self, method: str, path: str, text: str, fault: Fault | None) -> Answer:
        params = unflatten(text)
        by_buyer = BY_BUYER.fullmatch(path)
        if by_buyer and "client_secret" in params:
            return self._for_buyer(by_buyer["id"], by_buyer["action"], params)
        self._check_head()
        if path.startswith("/control/") and method == "POST":
            return control(self.server, path.removeprefix("/control/"), params)
        found = route_of(method, path)
        if found is None:
            raise invalid("url_invalid", f"Unrecognized request URL ({method}: {path}).", 404)
        if fault and fault.kind == "busy":
            raise Refused(429, "invalid_request_error", "rate_limit", "Too many requests hit the API too quickly.")
        route, object_id = found
        key = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
        with self.server.bank.claimed(key):
            if fault and fault.kind == "stall":
                time.sleep(fault.seconds)
            return self._execute(route, object_id, params, key, fault)

    def _execute(self, route: Route, object_id: str, params: dict[str, Any], key: str, fault: Fault | None) -> Answer:
        bank = self.server.bank
        expand = params.get("expand", [])

        def action() -> Answer:
            check(route.type_name, params)
            if fault and fault.kind == "error":
                return _broken()
            status, body = route.work(bank, object_id, params)
            if fault and fault.kind == "error_after":
                return _broken()
            return status, expanded(bank, body, expand) if expand and status == 200 else body

        if route.method == "GET":
            with bank.lock:
                return action()
        self.replayed = bool(bank.answered(key))
        return bank.once(key, {"path": self.path, "params": params}, action)

    def _for_buyer(self, intent_id: str, action: str | None, params: dict[str, Any]) -> Answer:
        bank = self.server.bank
        if not str(params.get("key", "")).startswith("pk_test_"):
            raise not_valid("api_key_invalid", "Invalid API Key provided.", status=401)
        if params["client_secret"] != bank.retrieve(intent_id)["client_secret"]:
            raise not_valid("resource_missing", "The client_secret does not fit.", status=404)
        if action == "confirm":
            return bank.once("", {}, lambda: bank.confirm(intent_id, params.get("card", {})))
        if action == "authenticate":
            accepted = params.get("outcome") == "accept"
            return bank.once("", {}, lambda: bank.authenticate(intent_id, accepted=accepted))
        return 200, dict(bank.retrieve(intent_id))

    def _check_head(self) -> None:
        if not self.headers.get("Authorization", "").startswith("Bearer sk_test_"):
            raise not_valid("api_key_invalid", "Invalid API Key provided.", status=401)
        if self.headers.get("Stripe-Version", stripe.api_version) != stripe.api_version:
            raise not_valid("api_version_invalid", f"This bank speaks {stripe.api_version} alone.")
        if self.headers.get("Stripe-Account"):
            raise not_valid("account_invalid", "This key has no access to that account.", status=403)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Request-Id", new_id("req_"))
        self.send_header("Stripe-Version", stripe.api_version)
        if status >= 500:
            self.send_header("Stripe-Should-Retry", "false")  # the same key would hear the same again
        if getattr(self, "replayed", False):
            self.send_header("Idempotent-Replayed", "true")
        self.replayed = False
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet: a card number must not reach a log even here."""


class StandIn(ThreadingHTTPServer):
    """The server. ``faults`` and ``before_answer`` are where a test makes answers late, wrong or lost."""

    daemon_threads = True
    bank: Bank

    def __init__(self, port: int, bank: Bank, deliverer: Deliverer | None = None) -> None:
        self.bank = bank
        self.faults = Faults()
        self.before_answer: Callable[[Handler], bool] | None = None
        self.deliverer = deliverer
        if deliverer:
            bank.on_event = deliverer.receive
        super().__init__((LOOPBACK, port), Handler)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def service_actions(self) -> None:
        """Let slow cards and slow refunds come to their end while nobody asks, and write what waits to be written."""
        self.bank.settle_due()
        self.bank.save_late()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody waits for an answer any more: nothing to say."""


def _broken() -> Answer:
    message = "An unknown error occurred"
    return 500, {"error": {"type": "api_error", "message": message}}
