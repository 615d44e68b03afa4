"""Puts a refund together as a credit note: data that reads the same in ten years, amounts as texts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import local
from fulfilment.invoices.content import Content, amount_of, delivery_of, delivery_row, row_of, sums_of
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.policies import Amount
from fulfilment.ledger.policies import Sale
from fulfilment.orders.models import Line
from fulfilment.orders.queries import frozen_lines
from fulfilment.payments import booking
from fulfilment.payments.models import Refund, RefundLine

from .policies import Pieces

NOTHING = Amount(ZERO, ZERO, ZERO)


class CreditDiffers(Exception):
    """The pieces of a refund do not add up to what it gives back: nothing is credited that is not true."""

    def __init__(self, refund: Refund, rows: Decimal) -> None:
        self.refund = refund
        super().__init__(f"the rows of {refund.key} come to {rows}, and {refund.amount} is given back")


def content_of(refund: Refund, invoice: Invoice, *, now: datetime) -> Content:
    """Return what a refund takes off its order's invoice. Raises ``CreditDiffers``."""
    order, sale = refund.attempt.order, booking.sale_behind(refund.attempt)
    given = list(refund.lines.order_by("pk"))
    lines = frozen_lines().filter(order=order).in_bulk(row.order_line_id for row in given)
    pieces = [Pieces(row.first_piece, row.pieces, lines[row.order_line_id].quantity) for row in given]
    amounts = [_part(lines[row.order_line_id], some) for row, some in zip(given, pieces, strict=True)]
    delivery = delivery_of(order) if refund.delivery else NOTHING
    duty = _duty(sale, given, pieces, delivery=refund.delivery)
    incl = sum((amount.incl for amount in (*amounts, delivery)), duty)
    if incl != refund.amount and order.at_the_door is None:
        raise CreditDiffers(refund, incl)
    rows = [
        row_of(lines[row.order_line_id], amount, quantity=row.pieces)
        for row, amount in zip(given, amounts, strict=True)
    ]
    return {
        **_kept(invoice),
        "invoice": {"number": invoice.number, "issued_on": invoice.content["issued_on"]},
        "reason": refund.reason,
        "way": refund.way,
        "cancels": "",
        "issued_on": local(now).date().isoformat(),
        "rows": rows,
        "delivery": delivery_row(order, delivery),
        **sums_of(order, [*amounts, delivery], duty=duty, rounding=incl - refund.amount),
    }


def cancelled(content: Content, number: str, *, now: datetime) -> Content:
    """Return the same once more as what takes it back: ``number`` is the credit note that falls away."""
    return content | {"cancels": number, "issued_on": local(now).date().isoformat()}


def _kept(invoice: Invoice) -> Content:
    return {name: invoice.content[name] for name in ("seller", "buyer", "order", "currency", "mad_per_unit")}


def _part(line: Line, pieces: Pieces) -> Amount:
    whole = amount_of(line)
    incl, tax = pieces.part_of(whole.incl), pieces.part_of(whole.tax)
    return Amount(excl=incl - tax, tax=tax, pct=whole.pct)


def _duty(sale: Sale, given: list[RefundLine], pieces: list[Pieces], *, delivery: bool) -> Decimal:
    """Return the stamp duty that the buyer had paid for these: the share that their lines bear of it."""
    borne: Mapping[int, Decimal] = {line.order_line: line.at_the_door.of_buyer for line in sale.lines}
    parts = (some.part_of(borne[row.order_line_id]) for row, some in zip(given, pieces, strict=True))
    return sum(parts, sale.delivery_at_the_door.of_buyer if delivery else ZERO)
