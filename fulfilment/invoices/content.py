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
    amounts = [amount_of(line) for line in lines]
    delivery = delivery_of(order)
    door = _at_the_door(order, collected)
    incl = sum((amount.incl for amount in (*amounts, delivery)), door.change)
    agreed = sum((row.amount for row in collected), ZERO) if collected else order.total_incl_tax
    if incl != agreed:
        raise InvoiceDiffers(order.number, incl, agreed)
    return {
        "seller": settings.SELLER,
        "buyer": buyer_of(order),
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
        "rows": [row_of(line, amount, quantity=line.quantity) for line, amount in zip(lines, amounts, strict=True)],
        "delivery": delivery_row(order, delivery),
        **sums_of(order, [*amounts, delivery], duty=door.duty_of_buyer, rounding=door.rounding),
    }


def sums_of(order: Order, amounts: Collection[Amount], *, duty: Decimal, rounding: Decimal) -> Content:
    """Add rows up: without tax, tax by rate, what paying in cash changed, in all and in dirhams."""
    incl = sum((amount.incl for amount in amounts), duty - rounding)
    return {
        "taxes": [{"pct": str(tax.pct), "excl": str(tax.excl), "tax": str(tax.tax)} for tax in by_rate(amounts)],
        "excl": str(sum((amount.excl for amount in amounts), ZERO)),
        "stamp_duty": str(duty),
        "rounding": str(rounding),
        "incl": str(incl),
        "incl_mad": str(quantize(incl * order.mad_per_unit)),
    }


def _at_the_door(order: Order, collected: Collection[CashCollected]) -> CashSum:
    """Say what paying in cash changed; one parcel carried it, if any was worth that much."""
    carried = not collected or any(row.with_delivery for row in collected)
    return (order.at_the_door if carried else None) or CashSum(ZERO)


def amount_of(line: Line) -> Amount:
    excl, incl = line.line_price_excl_tax, line.line_price_incl_tax
    return Amount(excl=excl, tax=incl - excl, pct=line.price.vat_rate_pct if incl != excl else ZERO)


def delivery_of(order: Order) -> Amount:
    excl, incl = Decimal(order.shipping_excl_tax), Decimal(order.shipping_incl_tax)
    return Amount(excl=excl, tax=incl - excl, pct=order.shipping_vat_pct)


def delivery_row(order: Order, amount: Amount) -> Content:
    return {
        "name": order.shipping_code,
        "excl": str(amount.excl),
        "tax": str(amount.tax),
        "pct": str(amount.pct),
    }


def row_of(line: Line, amount: Amount, *, quantity: int) -> Content:
    """Return some or all of a line's pieces as a row; ``amount`` is theirs."""
    off = line.unit_price_excl_tax * quantity - amount.excl
    return {
        "title": line.title,
        "sku": line.partner_sku,
        "cooperative": line.partner_name,
        "seller_of_record": line.seller_of_record,
        "tax_class": line.tax_code,
        "quantity": quantity,
        "unit_excl": str(line.unit_price_excl_tax),
        "discount_excl": str(off),
        "pct": str(amount.pct),
        "excl": str(amount.excl),
        "tax": str(amount.tax),
    }


def buyer_of(order: Order) -> Content:
    """Say whom an invoice is made out to: the company that the buyer named, else the buyer."""
    party = getattr(order, "invoice_party", None)
    here = {"address": _address(order), "country": order.destination}
    if party is None:
        return {"name": order.buyer_name, "ice": "", "attention": "", **here}
    if party.address:
        here = {"address": [party.address], "country": ""}
    return {"name": party.name, "ice": party.ice or "", "attention": order.buyer_name, **here}


def _address(order: Order) -> list[str]:
    """Return the buyer's address as written; none where the parcel goes to somebody else's home."""
    address = order.shipping_address
    if address is None or order.for_someone_else:
        return []
    town = f"{address.postcode or ''} {address.line4}".strip()
    street = dict.fromkeys((address.line1, address.line2, address.locality, address.line3))
    return [line for line in (*street, town) if line]
