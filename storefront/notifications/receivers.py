"""Which steps of an order the buyer hears of: one job for each order and kind, in the step's own transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.orders import signals as orders
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.policies import TRANSFER
from fulfilment.payments import signals as payments
from fulfilment.payments.holding.models import Hold
from fulfilment.payments.holding.queries import hold_of_order
from fulfilment.payments.models import Refund
from fulfilment.warehouse import signals as warehouse
from fulfilment.warehouse.models import Consignment

from . import withdrawals
from .tasks import WRITE_ORDER_MESSAGE, WRITE_REFUND_MESSAGE, WRITE_WITHDRAWAL_MESSAGE

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

ARRIVING = {Order.Status.SHIPPED: "shipped", Order.Status.DELIVERED: "delivered"}


def tell(order_id: int, kind: str) -> None:
    enqueue(
        task=WRITE_ORDER_MESSAGE,
        key=f"order-message:{order_id}:{kind}",
        payload={"order_id": order_id, "kind": kind},
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
    """Speak only where money must come first: else "confirmed" or "paid" follows at once, or a question is asked."""
    if order.payment_method == TRANSFER:
        tell(order_id, "placed")


@receiver(orders.order_cancelled, dispatch_uid="notifications.order_cancelled")
def order_cancelled(order_id: int, **kwargs: Any) -> None:
    """Say why when it ended by itself, or at the cooperative's word."""
    if hold := hold_of_order(order_id):
        tell(order_id, OF_A_HELD_CARD["cancelled"].get(hold.answer, "cancelled"))
        return
    unanswered = OrderEvent.objects.filter(order_id=order_id, kind="not_confirmed").exists()
    tell(order_id, "not_confirmed" if unanswered else "cancelled")


@receiver(orders.confirmation_asked, dispatch_uid="notifications.confirmation_asked")
def confirmation_asked(order_id: int, by_link: bool, **kwargs: Any) -> None:
    """Speak where the buyer must first confirm: else "confirmed" or "paid" follows at once."""
    tell(order_id, "please_confirm" if by_link else "placed")


@receiver(warehouse.consignment_missed, dispatch_uid="notifications.consignment_missed")
def consignment_missed(order_id: int, last: bool, **kwargs: Any) -> None:
    tell(order_id, "coming_back" if last else "absent")


@receiver(warehouse.consignment_moved, dispatch_uid="notifications.consignment_moved")
def consignment_moved(order_id: int, state: str, **kwargs: Any) -> None:
    """Speak when the whole order has left, when all of it has arrived, and when some of it was refused."""
    if state == Consignment.State.REFUSED:
        tell(order_id, "refused")
    status = Order.objects.values_list("status", flat=True).get(pk=order_id)
    if kind := ARRIVING.get(Order.Status(status)):
        tell(order_id, kind)


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
