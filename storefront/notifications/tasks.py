"""Jobs of this app: sending, and writing what an order's step has to say."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations


@job(operations.SEND, queue="mail", attempts=4)  # a mail server may be away for an hour
def send_message(*, message_key: str) -> None:
    operations.send_message(message_key=message_key, now=timezone.now())
