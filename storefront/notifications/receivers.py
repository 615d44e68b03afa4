"""Which steps of an order the buyer hears of: one job for each order and kind, in the step's own transaction."""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalogue.kernel.periods import day_of
from fulfilment.collecting import signals as collecting
from fulfilment.complaints import signals as reports
from fulfilment.complaints.models import Decision
from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals as orders
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.policies import CARD, TRANSFER
from fulfilment.payments import signals as payments
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.holding.queries import hold_of_order
from fulfilment.payments.models import Refund
from fulfilment.recalls import signals as recalls
from fulfilment.warehouse import signals as warehouse
from fulfilment.warehouse.models import Consignment

from . import complaints, withdrawals
from .tasks import (
    TELL_OF_RECALL,
    WRITE_COMPLAINT_MESSAGE,
    WRITE_ORDER_MESSAGE,
    WRITE_PARCEL_MESSAGE,
    WRITE_REFUND_MESSAGE,
    WRITE_SHORTAGE_MESSAGE,
    WRITE_WITHDRAWAL_MESSAGE,
)

STEPS = {
    orders.order_confirmed: "confirmed",
    orders.order_paid: "paid",
    orders.confirmation_reminded: "please_confirm_again",
    orders.buyer_not_reached: "not_reached",
    orders.order_expired: "expired",
    orders.payment_due_soon: "transfer_reminder",
}
WITHDRAWALS = {
    orders.withdrawal_declared: withdrawals.DECLARED,
    orders.withdrawal_accepted: withdrawals.ACCEPTED,
    orders.withdrawal_rejected: withdrawals.REJECTED,
}
OF_A_HELD_CARD = {
    "paid": {Hold.Answer.ACCEPTED: "accepted"},
    "cancelled": {Hold.Answer.REFUSED: "declined"},
    "expired": {Hold.Answer.LAPSED: "hold_over", Hold.Answer.ACCEPTED: "hold_over"},
}
"""What is said instead when the card was only held, by what was answered."""

PATIENCE = timedelta(minutes=2)
"""How long an order by card waits before it is told that it is here: most are paid by then, and are told that."""
ENDED_BY_ITSELF = ("not_confirmed", "not_collected")
"""Why an order was cancelled that nobody called off."""

ARRIVING = {Order.Status.SHIPPED: "shipped", Order.Status.DELIVERED: "delivered"}


def tell(order_id: int, kind: str, after: timedelta = timedelta(0)) -> None:
    now = timezone.now()
    enqueue(
        task=WRITE_ORDER_MESSAGE,
        key=f"order-message:{order_id}:{kind}",
        payload={"order_id": order_id, "kind": kind},
        now=now,
        run_at=now + after,
    )


def tell_of_parcel(consignment_id: int, kind: str, on: str = "") -> None:
    enqueue(
        task=WRITE_PARCEL_MESSAGE,
        key=f"parcel-message:{consignment_id}:{kind}:{on}".rstrip(":"),
        payload={"consignment_id": consignment_id, "kind": kind, "on": on},
        now=timezone.now(),
    )


@receiver(list(STEPS), dispatch_uid="notifications.order_step")
def order_stepped(signal: Any, order_id: int, **kwargs: Any) -> None:
    kind = STEPS[signal]
    if kind in OF_A_HELD_CARD and (hold := hold_of_order(order_id)):
        kind = OF_A_HELD_CARD[kind].get(hold.answer, kind)
    tell(order_id, kind)


@receiver(orders.payment_authorised, dispatch_uid="notifications.payment_authorised")
def payment_authorised(order_id: int, **kwargs: Any) -> None:
    """Say that the card is held and nothing was taken yet."""
    tell(order_id, "held")


@receiver(orders.order_placed, dispatch_uid="notifications.order_placed")
def order_placed(order_id: int, order: Order, **kwargs: Any) -> None:
    """Speak where money must come first: by transfer at once; by card soon, unless it is paid by then.

    In cash "confirmed" follows at once, or a question is asked.
    """
    if order.payment_method == TRANSFER:
        tell(order_id, "placed")
    elif order.payment_method == CARD:
        tell(order_id, "placed", after=PATIENCE)


@receiver(orders.order_cancelled, dispatch_uid="notifications.order_cancelled")
def order_cancelled(order_id: int, **kwargs: Any) -> None:
    """Say why when it ended by itself, or at the cooperative's word."""
    if hold := hold_of_order(order_id):
        tell(order_id, OF_A_HELD_CARD["cancelled"].get(hold.answer, "cancelled"))
        return
    why = OrderEvent.objects.filter(order_id=order_id, kind__in=ENDED_BY_ITSELF).values_list("kind", flat=True).first()
    tell(order_id, why or "cancelled")


@receiver(collecting.collection_ready, dispatch_uid="notifications.collection_ready")
def collection_ready(order_id: int, code_number: int, **kwargs: Any) -> None:
    """Send the code that opens it; each one given is told."""
    tell(order_id, "ready_to_collect" if code_number == 1 else f"code_again_{code_number}")


@receiver(orders.confirmation_asked, dispatch_uid="notifications.confirmation_asked")
def confirmation_asked(order_id: int, by_link: bool, **kwargs: Any) -> None:
    """Speak where the buyer must first confirm: else "confirmed" or "paid" follows at once."""
    tell(order_id, "please_confirm" if by_link else "placed")


@receiver(warehouse.consignment_missed, dispatch_uid="notifications.consignment_missed")
def consignment_missed(order_id: int, last: bool, **kwargs: Any) -> None:
    tell(order_id, "coming_back" if last else "absent")


@receiver(warehouse.consignment_moved, dispatch_uid="notifications.consignment_moved")
def consignment_moved(consignment_id: int, order_id: int, state: str, **kwargs: Any) -> None:
    """Speak when a parcel has left and others have not, when all have, when all arrived, when one was refused."""
    if state == Consignment.State.REFUSED:
        tell(order_id, "refused")
    status = Order.objects.values_list("status", flat=True).get(pk=order_id)
    if kind := ARRIVING.get(Order.Status(status)):
        tell(order_id, kind)
    elif state == Consignment.State.HANDED_OVER:
        tell_of_parcel(consignment_id, "parcel_left")


@receiver(warehouse.consignment_out_for_delivery, dispatch_uid="notifications.consignment_out_for_delivery")
def consignment_out_for_delivery(consignment_id: int, **kwargs: Any) -> None:
    """Speak once a day: a courier who comes again another day is announced again."""
    tell_of_parcel(consignment_id, "out_for_delivery", on=day_of(timezone.now()).isoformat())


@receiver(warehouse.consignment_lost, dispatch_uid="notifications.consignment_lost")
def consignment_lost(consignment_id: int, **kwargs: Any) -> None:
    tell_of_parcel(consignment_id, "parcel_lost")


@receiver(warehouse.line_short, dispatch_uid="notifications.line_short")
def line_short(shortage_id: int, missing: int, **kwargs: Any) -> None:
    """Ask again when more of the same line is missing, and only then."""
    _tell_of_shortage(shortage_id, "line_short", missing)


@receiver(warehouse.line_left_out, dispatch_uid="notifications.line_left_out")
def line_left_out(shortage_id: int, missing: int, **kwargs: Any) -> None:
    _tell_of_shortage(shortage_id, "line_left_out", missing)


def _tell_of_shortage(shortage_id: int, kind: str, missing: int) -> None:
    enqueue(
        task=WRITE_SHORTAGE_MESSAGE,
        key=f"shortage-message:{shortage_id}:{kind}:{missing}",
        payload={"shortage_id": shortage_id, "kind": kind, "missing": missing},
        now=timezone.now(),
    )


@receiver(payments.refund_owed, dispatch_uid="notifications.refund_owed")
def refund_owed(order_id: int, refund_id: int, **kwargs: Any) -> None:
    """Say at once that money goes back: nobody should have to ask. What a cancellation owes, its own letter says."""
    reason = Refund.objects.values_list("reason", flat=True).get(pk=refund_id)
    if reason == Refund.Reason.PAID_TOO_LATE:
        tell(order_id, "given_back")
    elif reason != Refund.Reason.CANCELLED:
        _tell_of_refund(refund_id, "refund_owed")


@receiver(payments.refund_made, dispatch_uid="notifications.refund_made")
def refund_made(refund_id: int, **kwargs: Any) -> None:
    _tell_of_refund(refund_id, "refund_made")


@receiver(payments.refund_failed, dispatch_uid="notifications.refund_failed")
def refund_failed(refund_id: int, **kwargs: Any) -> None:
    _tell_of_refund(refund_id, "refund_failed")


def _tell_of_refund(refund_id: int, kind: str) -> None:
    payload = {"refund_id": refund_id, "kind": kind}
    enqueue(task=WRITE_REFUND_MESSAGE, key=f"refund-message:{refund_id}:{kind}", payload=payload, now=timezone.now())


@receiver(list(WITHDRAWALS), dispatch_uid="notifications.withdrawal_moved")
def withdrawal_moved(signal: Any, withdrawal_id: int, **kwargs: Any) -> None:
    kind = WITHDRAWALS[signal]
    enqueue(
        task=WRITE_WITHDRAWAL_MESSAGE,
        key=f"withdrawal-message:{withdrawal_id}:{kind}",
        payload={"withdrawal_id": withdrawal_id, "kind": kind},
        now=timezone.now(),
    )


@receiver(reports.complaint_made, dispatch_uid="notifications.complaint_made")
def complaint_made(complaint_id: int, **kwargs: Any) -> None:
    _tell_of_complaint(complaint_id, complaints.RECEIVED)


@receiver(reports.complaint_decided, dispatch_uid="notifications.complaint_decided")
def complaint_decided(complaint_id: int, outcome: str, **kwargs: Any) -> None:
    """Say why not. Where money goes back, ``refund_owed`` says so: it may wait for a second person."""
    if outcome == Decision.Outcome.REJECTED:
        _tell_of_complaint(complaint_id, complaints.REJECTED)


def _tell_of_complaint(complaint_id: int, kind: str) -> None:
    payload = {"complaint_id": complaint_id, "kind": kind}
    key = f"complaint-message:{complaint_id}:{kind}"
    enqueue(task=WRITE_COMPLAINT_MESSAGE, key=key, payload=payload, now=timezone.now())


@receiver(recalls.recall_opened, dispatch_uid="notifications.recall_opened")
def recall_opened(recall_id: int, **kwargs: Any) -> None:
    payload = {"recall_id": recall_id}
    enqueue(task=TELL_OF_RECALL, key=f"recall-messages:{recall_id}", payload=payload, now=timezone.now())
