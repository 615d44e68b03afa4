"""What was paid for a parcel that came back or was lost, also where the buyer's bank disputes or has that money."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from catalogue.kernel.locks import lock, lock_one
from fulfilment.ledger.policies import THE_DELIVERY
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.payments import shares
from fulfilment.payments.disputing.queries import at_stake
from fulfilment.payments.models import Dispute, Refund

from .refunding import ask_refund
from .refunds import MoreThanCaptured

log = logging.getLogger("fulfilment.payments")


@transaction.atomic
def give_back_returned(*, order_id: int, quantities: Mapping[int, int], delivery: bool, now: datetime) -> Refund | None:
    """Owe what was paid for a parcel that came back. Locks the order.

    While the buyer's bank may keep the money it waits for a second person, whose yes is refused as long. Of what a
    lost dispute left too little for, nothing is owed: that is noted, and a person sees to the rest. Raises as
    ``ask_refund``.
    """
    lock(Order.objects.filter(pk=order_id))
    return _give_back(order_id, quantities, delivery, Refund.Reason.REFUSED, now)


@transaction.atomic
def give_back_lost(*, order_id: int, quantities: Mapping[int, int], delivery: bool, now: datetime) -> Refund | None:
    """Owe what was paid for a parcel that its courier lost, as far as it was not given back before.

    As ``give_back_returned``; what the office pays the cooperatives instead is booked by payouts.
    """
    return _give_back_left(order_id, quantities, delivery, Refund.Reason.LOST, now)


@transaction.atomic
def give_back_missing(*, order_id: int, quantities: Mapping[int, int], now: datetime) -> Refund | None:
    """Owe what was paid for pieces that a parcel goes without, as far as it was not given back before.

    As ``give_back_returned``.
    """
    return _give_back_left(order_id, quantities, False, Refund.Reason.MISSING, now)


def _give_back_left(
    order_id: int, quantities: Mapping[int, int], delivery: bool, reason: str, now: datetime
) -> Refund | None:
    order = lock_one(Order.objects.filter(pk=order_id))
    left = shares.left_of(order)
    pieces = {line: min(wanted, left.get(line, 0)) for line, wanted in quantities.items()}
    pieces = {line: number for line, number in pieces.items() if number}
    delivery = delivery and bool(left[THE_DELIVERY])
    if not pieces and not delivery:
        return None
    return _give_back(order_id, pieces, delivery, reason, now)


def _give_back(
    order_id: int, quantities: Mapping[int, int], delivery: bool, reason: str, now: datetime
) -> Refund | None:
    try:
        return ask_refund(
            order_id=order_id,
            quantities=quantities,
            delivery=delivery,
            reason=reason,
            now=now,
            waits=at_stake().filter(attempt__order=order_id).exists(),
        )
    except MoreThanCaptured as error:
        if not Dispute.objects.filter(attempt__order=order_id, state=Dispute.State.LOST).exists():
            raise
        log.error("not taken, and its money was lost: order=%s reason=%s left=%s", order_id, reason, error.left)
        OrderEvent.objects.create(order_id=order_id, kind="refund_lost", at=now, data={"left": str(error.left)})
        return None
