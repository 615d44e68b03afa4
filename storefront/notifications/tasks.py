"""Jobs of this app: sending, and writing what an order's step has to say."""

from datetime import date

from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.jobs.tasks import job
from fulfilment.recalls import queries as recalling

from . import operations, payouts, questions

WRITE_ORDER_MESSAGE = "storefront.notifications.write_order_message"
WRITE_PARCEL_MESSAGE = "storefront.notifications.write_parcel_message"
WRITE_SHORTAGE_MESSAGE = "storefront.notifications.write_shortage_message"
WRITE_COMPLAINT_MESSAGE = "storefront.notifications.write_complaint_message"
WRITE_WITHDRAWAL_MESSAGE = "storefront.notifications.write_withdrawal_message"
WRITE_REFUND_MESSAGE = "storefront.notifications.write_refund_message"
WRITE_RECALL_MESSAGE = "storefront.notifications.write_recall_message"
WRITE_PAYOUT_MESSAGE = "storefront.notifications.write_payout_message"
WRITE_QUESTION_MESSAGE = "storefront.notifications.write_question_message"
TELL_OF_RECALL = "storefront.notifications.tell_of_recall"


@job(WRITE_ORDER_MESSAGE, in_transaction=True)
def write_order_message(*, order_id: int, kind: str) -> None:
    operations.write_order_message(order_id=order_id, kind=kind, now=timezone.now())


@job(WRITE_PARCEL_MESSAGE, in_transaction=True)
def write_parcel_message(*, consignment_id: int, kind: str, on: str = "") -> None:
    day = date.fromisoformat(on) if on else None
    operations.write_parcel_message(consignment_id=consignment_id, kind=kind, on=day, now=timezone.now())


@job(WRITE_SHORTAGE_MESSAGE, in_transaction=True)
def write_shortage_message(*, shortage_id: int, kind: str, missing: int) -> None:
    operations.write_shortage_message(shortage_id=shortage_id, kind=kind, missing=missing, now=timezone.now())


@job(WRITE_WITHDRAWAL_MESSAGE, in_transaction=True)
def write_withdrawal_message(*, withdrawal_id: int, kind: str) -> None:
    operations.write_withdrawal_message(withdrawal_id=withdrawal_id, kind=kind, now=timezone.now())


@job(WRITE_REFUND_MESSAGE, in_transaction=True)
def write_refund_message(*, refund_id: int, kind: str) -> None:
    operations.write_refund_message(refund_id=refund_id, kind=kind, now=timezone.now())


@job(WRITE_COMPLAINT_MESSAGE, in_transaction=True)
def write_complaint_message(*, complaint_id: int, kind: str) -> None:
    operations.write_complaint_message(complaint_id=complaint_id, kind=kind, now=timezone.now())


@job(WRITE_PAYOUT_MESSAGE, in_transaction=True)
def write_payout_message(*, payout_id: int, kind: str) -> None:
    payouts.tell_of_payout(payout_id=payout_id, kind=kind, now=timezone.now())


@job(WRITE_QUESTION_MESSAGE, in_transaction=True)
def write_question_message(*, message_id: int) -> None:
    questions.tell_of_question(message_id=message_id, now=timezone.now())


@job(TELL_OF_RECALL, queue="bulk", in_transaction=True)
def tell_of_recall(*, recall_id: int) -> None:
    """Have everyone written to whose pieces left, order by order."""
    now = timezone.now()
    for order_id in recalling.orders_to_tell(recall_id):
        enqueue(
            task=WRITE_RECALL_MESSAGE,
            key=f"recall-message:{recall_id}:{order_id}",
            payload={"recall_id": recall_id, "order_id": order_id},
            now=now,
        )


@job(WRITE_RECALL_MESSAGE, in_transaction=True)
def write_recall_message(*, recall_id: int, order_id: int) -> None:
    operations.write_recall_message(recall_id=recall_id, order_id=order_id, now=timezone.now())


@job(operations.SEND, queue="mail", attempts=4)  # a mail server may be away for an hour
def send_message(*, message_key: str) -> None:
    operations.send_message(message_key=message_key, now=timezone.now())


@job("storefront.notifications.forget_old", queue="bulk", in_transaction=True)
def forget_old() -> None:
    operations.forget_old(now=timezone.now())
