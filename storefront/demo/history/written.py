"""What one told purchase comes to in the shop's own tables."""

from dataclasses import dataclass, field
from datetime import timedelta

from fulfilment.orders.models import Line, Order, OrderEvent, ShippingAddress
from fulfilment.payments.models import CashCollected, PaymentAttempt
from fulfilment.payouts.models import OrderCash, Payable
from fulfilment.warehouse.models import Consignment, ConsignmentLine

OPENED_AFTER = timedelta(seconds=2)
"""Parcels are opened so soon after an order was accepted."""


@dataclass
class Written:
    """One order's rows, in the order in which they are saved."""

    address: ShippingAddress
    order: Order
    lines: list[Line]
    attempt: PaymentAttempt
    consignments: list[Consignment] = field(default_factory=list)
    consignment_lines: list[ConsignmentLine] = field(default_factory=list)
    payables: list[Payable] = field(default_factory=list)
    cash: OrderCash | None = None
    events: list[OrderEvent] = field(default_factory=list)
    collections: list[CashCollected] = field(default_factory=list)
