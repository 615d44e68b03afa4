"""Ways out of the shop for short messages. One port; ``settings.SMS_GATEWAY`` names what stands behind it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsGateway(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hand one message to the provider, or raise; called with a time limit and outside any transaction."""


@dataclass(frozen=True)
class Sms:
    phone: str
    text: str


class MemorySms:
    """Keeps what was sent, for tests."""

    sent: ClassVar[list[Sms]] = []

    def send(self, phone: str, text: str) -> None:
        self.sent.append(Sms(phone, text))


def sms_gateway() -> SmsGateway:
    return import_string(settings.SMS_GATEWAY)()
