"""Jobs of this app: sending, and writing what an order's step has to say."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations

WRITE_ORDER_MESSAGE = "storefront.notifications.write_order_message"
WRITE_WITHDRAWAL_MESSAGE = "storefront.notifications.write_withdrawal_message"
WRITE_REFUND_MESSAGE = "storefront.notifications.write_refund_message"


@job(WRITE_ORDER_MESSAGE, in_transaction=True)
def write_order_message(*, order_id: int, kind: str) -> None:
    operations.write_order_message(order_id=order_id, kind=kind, now=timezone.now())


@job(WRITE_WITHDRAWAL_MESSAGE, in_transaction=True)
def write_withdrawal_message(*, withdrawal_id: int, kind: str) -> None:
    operations.write_withdrawal_message(withdrawal_id=withdrawal_id, kind=kind, now=timezone.now())


@job(WRITE_REFUND_MESSAGE, in_transaction=True)
def write_refund_message(*, refund_id: int, kind: str) -> None:
    operations.write_refund_message(refund_id=refund_id, kind=kind, now=timezone.now())


@job(operations.SEND, queue="mail", attempts=4)  # a mail server may be away for an hour
def send_message(*, message_key: str) -> None:
    operations.send_message(message_key=message_key, now=timezone.now())


@job("storefront.notifications.forget_old", queue="bulk", in_transaction=True)
def forget_old() -> None:
    operations.forget_old(now=timezone.now())
