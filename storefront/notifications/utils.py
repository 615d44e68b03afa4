"""Oscar's own messages (alerts, account notes) leave the way all others do: as a row and a job."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from oscar.apps.communication.utils import Dispatcher as Upstream

from .operations import write_message


class Dispatcher(Upstream):
    """Writes Oscar's mails down. Orders never come this way: placing does not call Oscar's, receivers speak of them."""

    def send_email_messages(
        self,
        recipient_email: str,
        messages: dict[str, str],
        from_email: str | None = None,
        attachments: Any = None,
    ) -> None:
        with transaction.atomic():
            write_message(
                key=f"oscar:{uuid4()}",
                kind="oscar",
                channel="mail",
                recipient=recipient_email,
                language=(get_language() or "ar")[:2],
                subject=messages["subject"],
                text=messages["body"] or "",
                html=messages["html"] or "",
                now=timezone.now(),
            )
