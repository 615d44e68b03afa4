"""Where mails and SMS end in the demonstration: rows that /demo/ shows."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from storefront.notifications.gateways import FileSms

from .models import Letter


class MailBox(BaseEmailBackend):
    """A mail backend that keeps mails."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        letters = [self._letter(mail, recipient) for mail in email_messages for recipient in mail.recipients()]
        Letter.objects.bulk_create(letters)
        return len(email_messages)

    def _letter(self, mail: EmailMessage, recipient: str) -> Letter:
        html = ""
        if isinstance(mail, EmailMultiAlternatives):
            html = next((str(body) for body, kind in mail.alternatives if kind == "text/html"), "")
        return Letter(
            channel=Letter.Channel.MAIL,
            recipient=recipient,
            language=str(mail.extra_headers.get("Content-Language", ""))[:2],
            subject=str(mail.subject)[:250],
            text=str(mail.body),
            html=html,
        )


class SmsBox(FileSms):
    """An SMS gateway that writes messages to its file, and keeps them for the page."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        letter = {"channel": Letter.Channel.SMS, "recipient": phone, "text": text}
        Letter.objects.get_or_create(key=key, defaults=letter)
        super().send(phone, text, key=key)
