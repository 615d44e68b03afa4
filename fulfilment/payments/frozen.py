"""Reads an order's frozen rows as the plain sale that the ledger books: the one place that knows both."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from catalogue.kernel.money import ZERO, split
from fulfilment.ledger.policies import INCOME, AtTheDoor, Discount, Sale, SoldLine
from fulfilment.orders.at_the_door import CashSum
from fulfilment.orders.models import Line, Order


def lines_of(orders: Iterable[Order]) -> dict[int, list[Line]]:
    """Return the lines of orders by order, with all that ``sale_of`` reads (two queries)."""
    found: dict[int, list[Line]] = {}
    lines = (
        Line.objects.filter(order__in=[order.pk for order in orders])
        .select_related("price", "consignment_line__consignment")
        .prefetch_related("discounts")
    )
    for line in lines.order_by("order_id", "pk"):
        found.setdefault(line.order_id, []).append(line)
    return found


def parcel_of(line: Line) -> str:
    """Return the reference of the parcel that a line travels in; empty while there is none."""
    link = getattr(line, "consignment_line", None)  # stands above, so reached through the row
    return str(link.consignment.reference) if link else ""


def accepted(lines: Iterable[Line], parcels: Collection[str]) -> list[Line]:
    """Return the lines that were in these parcels."""
    return [line for line in lines if parcel_of(line) in parcels]


def sale_of(
    order: Order,
    lines: Iterable[Line],
    *,
    method: str,
    parcels: Collection[str] | None = None,
    first: str | None = None,
) -> Sale:
    """Put an order's rows together as a sale; ``method`` is how it was paid in the end.

    Of an order paid parcel by parcel, a sale is of what is in ``parcels``. The one of them that is ``first`` carries
    the delivery and all else that is of no single line, such as what paying at the door changed.
    """
    whole = parcels is None
    inside = list(lines) if parcels is None else accepted(lines, parcels)
    sold = Sale(
        currency=order.currency, method=method, lines=tuple(map(_sold, inside)), mad_per_unit=order.mad_per_unit
    )
    if not whole and first is None:
        return sold
    carrying = {line.pk for line in inside if whole or parcel_of(line) == first}
    tax = order.shipping_incl_tax - order.shipping_excl_tax
    return _with_door(order, replace(sold, delivery=order.shipping_incl_tax, delivery_tax=tax), carrying)


def next_at_door(
    order: Order, parcel: str, *, delivery_paid: bool, lines: Sequence[Line] | None = None
) -> tuple[Sale, bool]:
    """Return the sale of a parcel that is accepted next, and whether it carries the delivery.

    It does unless that is paid, or unless the parcel is worth no more than what rounding takes off. ``lines`` are the
    order's, of ``lines_of``; without them they are read (two queries).
    """
    lines = lines_of([order]).get(order.pk, []) if lines is None else lines
    if not delivery_paid:
        sold = sale_of(order, lines, method="cash", parcels={parcel}, first=parcel)
        if sold.gross > 0:
            return sold, True
    return sale_of(order, lines, method="cash", parcels={parcel}), False


def _with_door(order: Order, sold: Sale, carrying: Collection[int]) -> Sale:
    """Share what paying at the door changed among the delivery and the lines that carry it."""
    door = order.at_the_door
    if door is None:
        return sold
    weights = [*(line.gross if line.order_line in carrying else ZERO for line in sold.lines), sold.delivery]
    *of_lines, of_delivery = shares_at_door(door, weights, method=sold.method)
    lines = (replace(line, at_the_door=share) for line, share in zip(sold.lines, of_lines, strict=True))
    return replace(sold, lines=tuple(lines), delivery_at_the_door=of_delivery)


def shares_at_door(door: CashSum, weights: Sequence[Decimal], *, method: str) -> list[AtTheDoor]:
    """Share rounding and duty by what each thing costs, adding up to the centime, so that any can be taken back.

    What was paid another way in the end bears no duty of the office; what the buyer was asked, they were asked.
    """
    if not any(weights):
        return [AtTheDoor()] * len(weights)
    due = door.stamp_duty if method == "cash" else door.duty_of_buyer
    duties = split(due, weights)
    asked = duties if door.duty_of_buyer else [ZERO] * len(weights)
    rows = zip(split(door.rounding, weights), duties, asked, strict=True)
    return [AtTheDoor(rounding, duty, of_buyer) for rounding, duty, of_buyer in rows]


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
