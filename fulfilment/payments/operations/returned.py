"""What was paid for a parcel that came back, also where the buyer's bank disputes or has that money."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from catalogue.kernel.locks import lock
from fulfilment.orders.models import Order, OrderEvent
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
    try:
        return ask_refund(
            order_id=order_id,
            quantities=quantities,
            delivery=delivery,
            reason=Refund.Reason.REFUSED,
            now=now,
            waits=at_stake().filter(attempt__order=order_id).exists(),
        )
    except MoreThanCaptured as error:
        if not Dispute.objects.filter(attempt__order=order_id, state=Dispute.State.LOST).exists():
            raise
        log.error("came back, and its money was lost: order=%s left=%s", order_id, error.left)
        OrderEvent.objects.create(order_id=order_id, kind="refund_lost", at=now, data={"left": str(error.left)})
        return None
