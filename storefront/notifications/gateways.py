"""Ways out of the shop for short messages. One port; ``settings.SMS_GATEWAY`` names what stands behind it."""

import fcntl
import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsGateway(Protocol):
    def send(self, phone: str, text: str, *, key: str) -> None:
        """Hand one message to the provider, or raise; called with a time limit and outside any transaction.

        The same ``key`` is the same message: a provider that took it and whose answer was lost is asked again with it,
        and sends nothing twice.
        """


@dataclass(frozen=True)
class Sms:
    phone: str
    text: str
    key: str


class MemorySms:
    """Keeps what was sent, for tests."""

    sent: ClassVar[list[Sms]] = []

    def send(self, phone: str, text: str, *, key: str) -> None:
        if not any(sms.key == key for sms in self.sent):
            self.sent.append(Sms(phone, text, key))


class FileSms:
    """Writes each message as one line of JSON to ``settings.SMS_FILE``; a key that the file knows is not written again.

    Its lock lets several workers write.
    """

    def send(self, phone: str, text: str, *, key: str) -> None:
        path = Path(settings.SMS_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            if f'"key": {json.dumps(key)}' not in file.read():
                file.write(json.dumps({"key": key, "phone": phone, "text": text}, ensure_ascii=False) + "\n")


def sms_gateway() -> SmsGateway:
    gateway: SmsGateway = import_string(settings.SMS_GATEWAY)()
    return gateway
