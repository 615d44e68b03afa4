"""What a message says of one parcel: its number, who sends it, what is in it and what the courier is paid for it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext

from catalogue.kernel import formats
from fulfilment.orders.links import missing_url
from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH
from fulfilment.payments import frozen
from fulfilment.payments.queries import collections_of
from fulfilment.warehouse.models import Consignment, Shortage


@dataclass(frozen=True)
class Parcel:
    """``due``: what is paid for it at the door, nothing where it is paid otherwise."""

    order: Order
    reference: str
    seller: str
    items: tuple[tuple[int, str], ...]
    due: Decimal | None


def parcel_of(consignment_id: int) -> Parcel:
    found = Consignment.objects.select_related("order__user", "order__shipping_address__country", "origin")
    consignment = found.get(pk=consignment_id)
    rows = [row.order_line for row in consignment.lines.select_related("order_line").order_by("pk")]
    seller = rows[0].partner_name if rows else str(consignment.origin)
    items = tuple((line.quantity, line.title) for line in rows)
    return Parcel(consignment.order, consignment.reference, seller, items, _due(consignment))


def _due(consignment: Consignment) -> Decimal | None:
    if consignment.order.payment_method != CASH:
        return None
    paid = any(row.with_delivery for row in collections_of(consignment.order_id))
    sale, _with_delivery = frozen.next_at_door(consignment.order, consignment.reference, delivery_paid=paid)
    return sale.gross


def parcel_facts(parcel: Parcel) -> dict[str, str]:
    """Return what the sentences of a letter name, in its language."""
    order = parcel.order
    with translation.override(order.language):
        items = [f"{formats.number(quantity, order.language)} × {title}" for quantity, title in parcel.items]
        return {
            "parcel": parcel.reference,
            "seller": parcel.seller,
            "what": gettext(", ").join(items),
            "due": formats.money(parcel.due, order.currency, order.language) if parcel.due else "",
        }


def shortage_facts(shortage: Shortage, missing: int) -> dict[str, str]:
    """Return what the letters about missing pieces name; while it is open the address is that of the question."""
    order, line = shortage.consignment.order, shortage.order_line
    facts = {"missing": formats.number(missing, order.language), "goods": line.title, "what": line.title}
    if shortage.outcome or shortage.answer_by is None:
        return facts
    until = formats.moment(shortage.answer_by, order.language)
    return facts | {"until": until, "url": missing_url(order, shortage.pk)}
