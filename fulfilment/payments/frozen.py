"""Reads an order's frozen rows as the plain sale that the ledger books: the one place that knows both."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from catalogue.kernel.money import ZERO, split
from fulfilment.ledger.policies import INCOME, AtTheDoor, Discount, Sale, SoldLine
from fulfilment.orders.models import Line, Order


def lines_of(orders: Iterable[Order]) -> dict[int, list[Line]]:
    """Return the lines of orders by order, with all that ``sale_of`` reads (two queries)."""
    found: dict[int, list[Line]] = {}
    lines = (
        Line.objects.filter(order__in=[order.pk for order in orders])
        .select_related("price")
        .prefetch_related("discounts")
    )
    for line in lines.order_by("order_id", "pk"):
        found.setdefault(line.order_id, []).append(line)
    return found


def sale_of(order: Order, lines: Iterable[Line], *, method: str) -> Sale:
    """Put an order's rows together as a sale; ``method`` is how it was paid in the end."""
    sold = Sale(
        currency=order.currency,
        method=method,
        lines=tuple(map(_sold, lines)),
        mad_per_unit=order.mad_per_unit,
        delivery=order.shipping_incl_tax,
        delivery_tax=order.shipping_incl_tax - order.shipping_excl_tax,
    )
    return _with_door(order, sold)


def _with_door(order: Order, sold: Sale) -> Sale:
    """Share what paying at the door changed among lines and delivery by what each costs, so that any can be taken back.

    What was paid another way in the end bears no duty of the office; what the buyer was asked, they were asked.
    """
    terms = order.at_the_door
    weights = [*(line.gross for line in sold.lines), sold.delivery]
    if terms is None or not any(weights):
        return sold
    due = terms.stamp_duty if sold.method == "cash" else terms.duty_of_buyer
    *of_lines, of_delivery = _shares(weights, terms.rounding, due, terms.duty_of_buyer)
    lines = (replace(line, at_the_door=share) for line, share in zip(sold.lines, of_lines, strict=True))
    return replace(sold, lines=tuple(lines), delivery_at_the_door=of_delivery)


def _shares(weights: Sequence[Decimal], rounding: Decimal, due: Decimal, of_buyer: Decimal) -> list[AtTheDoor]:
    duties = split(due, weights)
    asked = duties if of_buyer else [ZERO] * len(weights)
    rows = zip(split(rounding, weights), duties, asked, strict=True)
    return [AtTheDoor(rounded, duty, of_it) for rounded, duty, of_it in rows]


def _sold(line: Line) -> SoldLine:
    return SoldLine(
        order_line=line.pk,
        cooperative_id=line.partner_id,
        quantity=line.quantity,
        unit_price=line.unit_price_incl_tax,
        unit_tax=line.unit_price_incl_tax - line.unit_price_excl_tax,
        unit_parts={name: getattr(line.price, f"part_{name}") for name in INCOME},
        farm_gate_mad=line.farm_gate_mad,
        discounts=tuple(Discount(row.amount, row.tax, row.cooperative_mad) for row in line.discounts.all()),
    )
