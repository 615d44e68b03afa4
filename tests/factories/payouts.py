"""What makes earnings payable in tests: the courier's cash is in, and the last day of withdrawal is over."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from fulfilment.orders.models import Order
from fulfilment.payouts import operations
from fulfilment.payouts.models import PayoutRun
from fulfilment.warehouse.models import Consignment

from .parcels import make_held_order, move_to, open_parcels

AFTER = timedelta(days=40)
"""Later than any period of withdrawal."""


def earn(consignment: Consignment) -> None:
    operations.record_earnings(consignment_id=consignment.pk, now=timezone.now())


def deliver(*items: Any, **fields: Any) -> Order:
    """Return an order whose parcels all arrived, with its earnings written."""
    order = make_held_order(*items, **fields)
    for consignment in [move_to(consignment, "DELIVERED") for consignment in open_parcels(order)]:
        earn(consignment)
    return order


def hand_in_cash() -> None:
    """Let couriers hand in the cash of every order that was paid at the door."""
    orders = Order.objects.filter(payment_method="cash", cash__in_at=None).values_list("pk", flat=True)
    operations.take_in_cash(order_ids=list(orders), now=timezone.now())


def later() -> datetime:
    return timezone.now() + AFTER


def pay_all(**fields: Any) -> PayoutRun | None:
    """Make a run on a day when everything that arrived may be paid; its payouts lie that far ahead."""
    hand_in_cash()
    return operations.run_payouts(now=later(), **fields)
