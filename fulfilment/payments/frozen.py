"""Reads an order's frozen rows as the plain sale that the ledger books: the one place that knows both."""

from collections.abc import Iterable

from fulfilment.ledger.policies import INCOME, Discount, Sale, SoldLine
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


def sale_of(order: Order, lines: Iterable[Line], *, method: str, with_delivery: bool = True) -> Sale:
    """Put an order's rows together as a sale; ``method`` is how it was paid in the end.

    Of an order paid parcel by parcel, only one sale is ``with_delivery`` and all else that is of no single line.
    """
    if not with_delivery:
        return Sale(
            currency=order.currency, method=method, lines=tuple(map(_sold, lines)), mad_per_unit=order.mad_per_unit
        )
    return Sale(
        currency=order.currency,
        method=method,
        lines=tuple(map(_sold, lines)),
        mad_per_unit=order.mad_per_unit,
        delivery=order.shipping_incl_tax,
        delivery_tax=order.shipping_incl_tax - order.shipping_excl_tax,
    )


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
