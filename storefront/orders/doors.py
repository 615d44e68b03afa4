"""What an order in cash says once a parcel of it was not taken at the door: what that was, and what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import CASH
from fulfilment.payments.queries import collections_of
from fulfilment.warehouse.policies import NOT_BOUGHT


@dataclass(frozen=True)
class Refused:
    """``kept`` is what was taken or still may be; ``off`` what is not asked because of the rest; ``total`` what is."""

    kept: list[Line]
    lines: list[Line]
    off: Decimal
    total: Decimal
    paid: Decimal

    @property
    def to_pay(self) -> Decimal:
        return self.total - self.paid


def refused_of(order: Order, lines: Sequence[Line]) -> Refused | None:
    """Return what was not taken at the door; none where all was, or where another way was paid (one query if any)."""
    refused = [line for line in lines if _not_taken(line)] if order.payment_method == CASH else []
    if not refused:
        return None
    kept = [line for line in lines if line not in refused]
    gone = sum((line.line_price_incl_tax for line in refused), ZERO) if kept else order.total_incl_tax
    return Refused(
        kept=kept,
        lines=refused,
        off=-gone,
        total=order.total_incl_tax - gone,
        paid=paid_at_door(order.pk),
    )


def paid_at_door(order_id: int) -> Decimal:
    """Return what couriers were paid for an order so far (one query)."""
    return sum((row.amount for row in collections_of(order_id)), ZERO)


def _not_taken(line: Line) -> bool:
    link = getattr(line, "consignment_line", None)
    return link is not None and link.consignment.state in NOT_BOUGHT
