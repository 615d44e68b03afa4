"""A stand-in for Bank Al-Maghrib's service on a socket of its own, with the faults that a service can have."""

import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "key-of-a-test"


class _Handler(BaseHTTPRequestHandler):
    server: "FakeBank"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.asked.append(self.path)
        if url.path != "/api/CoursVirement":
            return self.answer(404, b"[]")
        if self.headers.get("Ocp-Apim-Subscription-Key") != self.server.key:
            return self.answer(401, b'{"statusCode": 401, "message": "Access denied"}')
        self.server.before_answering()
        if self.server.fault == "drip":
            return self.drip()
        if self.server.fault == "cut":
            return self.answer(200, b"[{", length=5000)
        if self.server.fault == "silent":
            return time.sleep(self.server.patience)
        if self.server.status != 200:
            return self.answer(self.server.status, b"<html>busy</html>")
        day = parse_qs(url.query)["date"][0]
        return self.answer(200, self.server.body_of(day))

    def answer(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if status == 302:
            self.send_header("Location", "/api/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """Send a byte at a time for ever, each well within a socket's time limit."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.is_closing:
                self.wfile.write(b" ")
                time.sleep(0.02)
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        return


class FakeBank(ThreadingHTTPServer):
    """Use as a context manager. ``rows`` by day (``2026-11-20``), or ``raw`` bytes instead of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = KEY
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.raw: bytes | None = None
        self.status = 200
        self.fault = ""
        self.patience = 0.5
        self.asked: list[str] = []
        self.before_answering = lambda: None
        self.is_closing = False
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def fix(self, day: str, **prices: str) -> None:
        """Fix a day's rates for one unit each: ``fix("2026-11-20", EUR="10.80", USD="9.30")``."""
        self.rows[day] = [row(day, currency, moyen=price) for currency, price in prices.items()]

    def body_of(self, moment: str) -> bytes:
        if self.raw is not None:
            return self.raw
        text = json.dumps(self.rows.get(moment.removesuffix("T12:30:00"), []), default=str)
        return text.replace('"#', "").replace('#"', "").encode()

    def __enter__(self) -> "FakeBank":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.is_closing = True
        self.shutdown()
        self.server_close()


def row(day: str, currency: str, *, units: int = 1, **prices: str | Decimal) -> dict[str, Any]:
    """Write one currency as the service does, its prices as bare JSON numbers."""
    numbers = {name: f"#{price}#" for name, price in prices.items()}
    return {"date": f"{day}T12:30:00", "libDevise": currency, "uniteDevise": units, **numbers}
