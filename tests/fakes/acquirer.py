"""A stand-in for a Moroccan acquirer on a socket of its own: its page, its service, its callbacks.

It signs by code of its own, so that a mistake in the shop's signing is not made twice.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

MERCHANT, KEY = "600001234", "key-of-a-test-that-is-long-enough-0001"


def sign(fields: dict[str, str], key: str = KEY) -> dict[str, str]:
    names = sorted(fields)
    text = "&".join(f"{_escaped(name)}={_escaped(fields[name])}" for name in names)
    digest = hmac.digest(key.encode("utf-8"), text.encode("utf-8"), hashlib.sha512)
    return {**fields, "signature": base64.standard_b64encode(digest).decode("ascii")}


def _escaped(text: str) -> str:
    return quote_plus(text, safe="").replace("+", "%20")


class _Handler(BaseHTTPRequestHandler):
    server: "FakeAcquirer"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        fields = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        fault, self.server.fault = self.server.fault, ""
        if fault == "busy":
            return self.answer(503, b"")
        if fault == "garbled":
            return self.answer(200, b"<html>")
        status, body = self.server.page(fields) if self.path == "/page" else self.server.service(fields)
        if fault == "lost":
            self.close_connection = True
            return None
        return self.answer(status, json.dumps(body).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


class FakeAcquirer(ThreadingHTTPServer):
    """Use as a context manager. ``fault`` breaks one answer: ``busy``, ``garbled`` or ``lost`` (done, not said)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.payments: dict[str, dict[str, str]] = {}
        self.refunds: dict[str, dict[str, str]] = {}
        self.fault = ""
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def settings(self) -> dict[str, str]:
        base = f"http://127.0.0.1:{self.server_address[1]}"
        return {"MERCHANT": MERCHANT, "KEY": KEY, "PAGE_URL": f"{base}/page", "API_URL": f"{base}/service"}

    def page(self, fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Take the form that a buyer's browser brings: a payment begins."""
        if not self._is_ours(fields) or int(fields["until"]) < time.time():
            return 400, {"error": "signature or time"}
        if fields["currency"] != "504":
            return 400, {"error": "currency"}
        begun = {name: fields[name] for name in ("payment", "order", "attempt", "amount", "currency")}
        self.payments.setdefault(fields["payment"], begun | {"result": "started", "received": "0.00"})
        return 200, {"page": "card"}

    def pay(self, payment_id: str, *, result: str = "approved", amount: str = "") -> None:
        """Do what a buyer does on the page, with a card that is good or not."""
        payment = self.payments[payment_id]
        payment["result"] = result
        payment["transaction"] = f"T{len(self.payments):08}"
        if result == "approved":
            payment["received"] = amount or payment["amount"]

    def callback(self, payment_id: str, **changes: str) -> bytes:
        """Write the callback of a payment as it is posted to the shop."""
        payment = self.payments[payment_id]
        told = {name: payment[name] for name in ("payment", "amount", "currency", "result", "transaction")}
        return urlencode(sign({**told, "merchant": MERCHANT, "sent_at": str(int(time.time())), **changes})).encode()

    def service(self, fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        if not self._is_ours(fields):
            return 403, {"error": "signature"}
        self.asked.append(fields["operation"])
        if fields["operation"] == "find_refund":
            found = self.refunds.get(fields["payment"])
            return (200, found) if found else (404, {"error": "unknown refund"})
        payment = self.payments.get(fields["payment"])
        if payment is None:
            return 404, {"error": "unknown payment"}
        return getattr(self, f"_{fields['operation']}")(payment, fields)

    def _is_ours(self, fields: dict[str, str]) -> bool:
        unsigned = {name: value for name, value in fields.items() if name != "signature"}
        return fields.get("merchant") == MERCHANT and sign(unsigned) == fields

    def _status(self, payment: dict[str, str], fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        return 200, {"merchant": MERCHANT, **payment}

    def _capture(self, payment: dict[str, str], fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        if payment["result"] == "held":
            payment |= {"result": "approved", "received": fields.get("amount", payment["amount"])}
        return self._status(payment, fields)

    def _cancel(self, payment: dict[str, str], fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        if payment["result"] != "approved":
            payment["result"] = "cancelled"
        return self._status(payment, fields)

    def _refund(self, payment: dict[str, str], fields: dict[str, str]) -> tuple[int, dict[str, str]]:
        made = self.refunds.get(fields["key"])
        if made is None:
            given = sum((Decimal(each["amount"]) for each in self.refunds.values()), Decimal(0))
            if given + Decimal(fields["amount"]) > Decimal(payment["received"]):
                return 409, {"error": "more than was received"}
            made = {
                "refund_id": fields["key"],
                "refund": fields["refund"],
                "payment": fields["payment"],
                "amount": fields["amount"],
                "result": "accepted",
            }
            self.refunds[fields["key"]] = made
        return 200, made

    def __enter__(self) -> "FakeAcquirer":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()
