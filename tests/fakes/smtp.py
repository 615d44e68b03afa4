"""A mail server that keeps what it is given, or refuses it."""

import email
import socketserver
import threading
from email import policy
from email.message import EmailMessage
from typing import Any


class _Handler(socketserver.StreamRequestHandler):
    server: "FakeSmtp"

    def handle(self) -> None:
        if self.server.refusing == "connection":
            self.say("421 closed for today")
            return
        self.say("220 fake")
        while line := self.rfile.readline().decode(errors="replace").strip():
            word = line.split(maxsplit=1)[0].upper()
            if word in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
                self.say("250 fine")
            elif word == "RCPT":
                self.say("550 no such box" if self.server.refusing == "recipient" else "250 fine")
            elif word == "DATA":
                self.say("354 go on")
                self.server.take(self.read_message())
                self.say("451 try later" if self.server.refusing == "message" else "250 kept")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 not here")

    def read_message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class FakeSmtp(socketserver.ThreadingTCPServer):
    """Use as a context manager. ``refusing`` is "", "connection", "recipient" or "message"."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[EmailMessage] = []
        self.refusing = ""
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def take(self, raw: bytes) -> None:
        if not self.refusing:
            self.messages.append(email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default))

    def __enter__(self) -> "FakeSmtp":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()
