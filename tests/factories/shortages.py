"""Pieces said to be missing through the real operation, and buyers who are asked about them."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from fulfilment.orders.allocating.models import Allocation
from fulfilment.orders.models import Line, Order
from fulfilment.payments import operations as payments
from fulfilment.warehouse.models import Shortage
from fulfilment.warehouse.shortages import operations as shortages
from tests.storefront.payments.support import FRANCE, start

from .bank import pay
from .orders import open_deliveries, place_order, stock


def say_missing(line: Line, pieces: int, reason: str = "not_found", now: datetime | None = None) -> Shortage:
    """Say that pieces of a line's first lot are not there."""
    held = Allocation.objects.filter(line=line, state="HELD").order_by("pk")[0]
    return shortages.report(
        consignment_id=line.consignment_line.consignment_id,
        order_line_id=line.pk,
        stock_id=held.stock_id,
        missing=pieces,
        reason=reason,
        by=None,
        now=now or timezone.now(),
    )


def make_paid(bank: Any, run_jobs: Any, pieces: int = 3) -> tuple[Order, Line]:
    """Return an order of so many jars paid by card, in preparation, and its line; no other jar is anywhere."""
    open_deliveries()
    order = place_order((stock("120.00", in_stock=pieces), pieces), shopping=FRANCE)
    intent = start(order)
    pay(bank, intent.id)
    payments.settle(intent_id=intent.id, now=timezone.now())
    run_jobs()
    order.refresh_from_db()
    return order, order.lines.get()


def ask_a_payer(bank: Any, run_jobs: Any, pieces: int = 3) -> tuple[Order, Line, Shortage]:
    """Return an order of jars paid by card, of which one is missing, its line, and the question."""
    order, line = make_paid(bank, run_jobs, pieces)
    return order, line, say_missing(line, 1)
