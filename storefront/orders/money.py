"""What an order's pages say of money: read from the order's own rows, whatever prices are today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalogue.kernel.money import ZERO, quantize
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import breakdown_of
from fulfilment.payouts.proof import paid_at
from storefront.breakdown.tables import Table, table_of

Status = Order.Status
ON_THE_WAY = (Status.PAID, Status.CONFIRMED, Status.PREPARING, Status.SHIPPED)
ARRIVED = (Status.DELIVERED, Status.COMPLETED, Status.RETURNED)


@dataclass(frozen=True)
class LinePaid:
    """One line, and when its cooperative had its money; nothing while it has not."""

    line: Line
    at: datetime | None


@dataclass(frozen=True)
class TaxSum:
    """The tax at one rate: unit tax times quantity, line by line, less the tax of discounts; and the delivery's."""

    rate_pct: Decimal
    goods: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Money:
    """Amounts of one order in its currency; ``total_mad`` is for information, at the frozen rate.

    Where nothing was sold in the end, nothing is broken down.
    """

    breakdown: Table | None
    taxes: list[TaxSum]
    total_mad: Decimal

    @property
    def tax(self) -> Decimal:
        return sum((each.tax for each in self.taxes), ZERO)


def money_of(order: Order, lines: Sequence[Line]) -> Money:
    """Put an order's figures together from its ``frozen_lines``, or from those that were sold in the end."""
    return Money(
        breakdown=table_of(breakdown_of(order, lines)) if lines else None,
        taxes=_taxes(order, lines) if lines else [],
        total_mad=quantize(order.total_incl_tax * order.mad_per_unit),
    )


def paid_of(order: Order, lines: Sequence[Line]) -> list[LinePaid]:
    """Say of each line that was sold whether its cooperative was paid; nothing of what was given back.

    None is before the whole order has arrived; from then on the ledger is asked (one query).
    """
    if order.status in ON_THE_WAY:
        return [LinePaid(line, None) for line in lines]
    if order.status not in ARRIVED or not lines:
        return []
    paid = paid_at(order.number, (line.pk for line in lines))
    return [LinePaid(line, paid[line.pk]) for line in lines if line.pk in paid]


def _taxes(order: Order, lines: Sequence[Any]) -> list[TaxSum]:
    """Add up by rate what was taxed: goods after discounts, and the delivery."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    taxed = [(line.price.vat_rate_pct, line.line_price_incl_tax, line.line_price_excl_tax) for line in lines]
    taxed.append((order.shipping_vat_pct, order.shipping_incl_tax, order.shipping_excl_tax))
    for rate, incl_tax, excl_tax in taxed:
        if rate:
            goods, tax = sums.get(rate, (ZERO, ZERO))
            sums[rate] = (goods + incl_tax, tax + incl_tax - excl_tax)
    return [TaxSum(rate, goods, tax) for rate, (goods, tax) in sorted(sums.items())]
