"""Lines of the bank's statement for tests, and orders that wait for them."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders.models import Order
from fulfilment.payments import operations
from fulfilment.payments.models import BankCredit

from .orders import place_order, stock

lines = count(1)


def place_transfer(*items: tuple[StockRecord, int], **fields: Any) -> Order:
    """Place an order that is paid by transfer. ``open_deliveries()`` comes first."""
    return place_order(*(items or ((stock("300.00"), 2),)), **{"payment_method": "transfer"} | fields)


def receive(order: Order | None = None, **fields: Any) -> BankCredit:
    """Record a line of the statement, by default exactly what the order asks."""
    values: dict[str, Any] = {
        "reference": f"VIR2026-{next(lines):05}",
        "amount": order.total_incl_tax if order else Decimal("600.00"),
        "currency": order.currency if order else "MAD",
        "value_on": date(2026, 11, 20),
        "payer_name": "STE EXEMPLE SARL",
        "message": f"COMMANDE {order.number}" if order else "",
        "now": timezone.now(),
    }
    return operations.record_credit(**values | fields)
