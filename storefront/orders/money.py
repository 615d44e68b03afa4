"""What an order's pages say of money: read from the order's own rows, whatever prices are today."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalogue.kernel.money import ZERO, quantize
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import breakdown_of
from storefront.breakdown.tables import Table, table_of


@dataclass(frozen=True)
class TaxSum:
    """The tax of all lines at one rate: unit tax times quantity, line by line, less the tax of discounts."""

    rate_pct: Decimal
    goods: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Money:
    """Amounts of one order in its currency; ``total_mad`` is for information, at the frozen rate."""

    breakdown: Table
    taxes: list[TaxSum]
    total_mad: Decimal

    @property
    def tax(self) -> Decimal:
        return sum((each.tax for each in self.taxes), ZERO)


def money_of(order: Order, lines: Sequence[Line]) -> Money:
    """Put an order's figures together from its ``frozen_lines``."""
    return Money(
        breakdown=table_of(breakdown_of(order, lines)),
        taxes=_taxes(lines),
        total_mad=quantize(order.total_incl_tax * order.mad_per_unit),
    )


def _taxes(lines: Sequence[Any]) -> list[TaxSum]:
    rates = sorted({line.price.vat_rate_pct for line in lines if line.price.vat_rate_pct})
    return [_tax_at(rate, [line for line in lines if line.price.vat_rate_pct == rate]) for rate in rates]


def _tax_at(rate: Decimal, lines: Sequence[Any]) -> TaxSum:
    goods = sum((line.line_price_incl_tax for line in lines), ZERO)
    excl_tax = sum((line.line_price_excl_tax for line in lines), ZERO)
    return TaxSum(rate, goods, goods - excl_tax)
