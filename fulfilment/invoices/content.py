"""Puts an order's frozen rows together as an invoice: data that reads the same in ten years, amounts as texts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from catalogue.kernel.money import ZERO, quantize
from catalogue.kernel.periods import local
from fulfilment.orders.at_the_door import CashSum
from fulfilment.orders.models import Line, Order
from fulfilment.payments import frozen
from fulfilment.payments.models import CashCollected

from .policies import Amount, by_rate

Content = dict[str, Any]


class InvoiceDiffers(Exception):
    """An order's rows do not add up to what was agreed: nothing is invoiced that is not true."""

    def __init__(self, number: str, rows: Decimal, agreed: Decimal) -> None:
        self.number = number
        super().__init__(f"the rows of order {number} come to {rows}, and {agreed} was agreed")


def content_of(
    order: Order, lines: Iterable[Line], *, collected: Collection[CashCollected] = (), now: datetime
) -> Content:
    """Return an order as an invoice: of what was paid parcel by parcel only the parcels that were ``collected`` for.

    Raises ``InvoiceDiffers``.
    """
    lines = frozen.accepted(lines, {row.parcel for row in collected}) if collected else list(lines)
    amounts = [_amount(line) for line in lines]
    delivery = _delivery(order)
    excl = sum((amount.excl for amount in (*amounts, delivery)), ZERO)
    door = _at_the_door(order, collected)
    incl = sum((amount.incl for amount in (*amounts, delivery)), door.change)
    agreed = sum((row.amount for row in collected), ZERO) if collected else order.total_incl_tax
    if incl != agreed:
        raise InvoiceDiffers(order.number, incl, agreed)
    return {
        "seller": settings.SELLER,
        "buyer": {"name": order.buyer_name, "address": _address(order)},
        "order": {
            "number": order.number,
            "placed_on": local(order.date_placed).date().isoformat(),
            "payment_method": order.payment_method,
            "side": order.side,
            "destination": order.destination,
        },
        "issued_on": local(now).date().isoformat(),
        "currency": order.currency,
        "mad_per_unit": str(order.mad_per_unit),
        "rows": [_row(line, amount) for line, amount in zip(lines, amounts, strict=True)],
        "delivery": {
            "name": order.shipping_code,
            "excl": str(delivery.excl),
            "tax": str(delivery.tax),
            "pct": str(delivery.pct),
        },
        "taxes": [
            {"pct": str(tax.pct), "excl": str(tax.excl), "tax": str(tax.tax)} for tax in by_rate([*amounts, delivery])
        ],
        "excl": str(excl),
        "stamp_duty": str(door.duty_of_buyer),
        "rounding": str(door.rounding),
        "incl": str(incl),
        "incl_mad": str(quantize(incl * order.mad_per_unit)),
    }


def _at_the_door(order: Order, collected: Collection[CashCollected]) -> CashSum:
    """Say what paying in cash changed; one parcel carried it, if any was worth that much."""
    carried = not collected or any(row.with_delivery for row in collected)
    return (order.at_the_door if carried else None) or CashSum(ZERO)


def _amount(line: Line) -> Amount:
    excl, incl = line.line_price_excl_tax, line.line_price_incl_tax
    return Amount(excl=excl, tax=incl - excl, pct=line.price.vat_rate_pct if incl != excl else ZERO)


def _delivery(order: Order) -> Amount:
    excl, incl = Decimal(order.shipping_excl_tax), Decimal(order.shipping_incl_tax)
    return Amount(excl=excl, tax=incl - excl, pct=order.shipping_vat_pct)


def _row(line: Line, amount: Amount) -> Content:
    off = line.line_price_before_discounts_excl_tax - line.line_price_excl_tax
    return {
        "title": line.title,
        "sku": line.partner_sku,
        "cooperative": line.partner_name,
        "seller_of_record": line.seller_of_record,
        "tax_class": line.tax_code,
        "quantity": line.quantity,
        "unit_excl": str(line.unit_price_excl_tax),
        "discount_excl": str(off),
        "pct": str(amount.pct),
        "excl": str(amount.excl),
        "tax": str(amount.tax),
    }


def _address(order: Order) -> list[str]:
    """Return the buyer's address as written; none where the parcel goes to somebody else's home."""
    address = order.shipping_address
    if address is None or order.for_someone_else:
        return []
    town = f"{address.postcode or ''} {address.line4}".strip()
    street = dict.fromkeys((address.line1, address.line2, address.locality, address.line3))
    return [line for line in (*street, town) if line]
