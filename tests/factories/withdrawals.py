"""Orders that arrived, and what their buyers send back, through the real operations."""

from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from fulfilment.orders.models import Line, Order
from fulfilment.orders.withdrawing import operations
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.orders.withdrawing.queries import Offer, for_withdrawing, offer_of
from fulfilment.payments import booking
from fulfilment.payments.models import PaymentAttempt
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import DeliveryCountry

from .catalogue import make_product, make_stockrecord
from .parcels import make_held_order, move_to, open_parcels

FRANCE: dict[str, Any] = {"destination": "FR", "currency": "EUR", "method": "card", "status": Order.Status.PAID}


def make_honey(**fields: Any) -> StockRecord:
    """Return a jar that is sealed and keeps."""
    return make_stockrecord(product=make_product("Miel de thym", date_type="DDM", shelf_life_days=720), **fields)


def make_cheese(**fields: Any) -> StockRecord:
    """Return something that spoils quickly."""
    product = make_product("Jben de chèvre", date_type="DLC", shelf_life_days=21, cold_chain=True)
    return make_stockrecord(product=product, **fields)


def serve_france() -> None:
    DeliveryCountry.objects.get_or_create(iso2="FR", defaults={"name": "France", "currency": "EUR", "block": "EU"})
    shipping.forget()


def pay_for(order: Order) -> PaymentAttempt:
    """Pay an order by card, or have its courier ask for it at the door."""
    at_door, now = order.payment_method == "cash", timezone.now()
    attempt = PaymentAttempt.objects.create(
        order=order,
        number=1,
        provider="cash" if at_door else "stripe",
        amount=order.total_incl_tax,
        currency=order.currency,
        captured=0 if at_door else order.total_incl_tax,
        state="STARTED" if at_door else "SUCCEEDED",
        idempotency_key=f"order-{order.number}-attempt-1",
        intent_id=None if at_door else f"pi_{order.number}",
        charge_id="" if at_door else f"ch_{order.number}",
        created_at=now,
        updated_at=now,
    )
    if not at_door:
        booking.sell(attempt, now=now)
    return attempt


def make_delivered_order(*items: tuple[StockRecord, int], **fields: Any) -> Order:
    """Return an order that arrived just now; two jars of honey unless told otherwise."""
    order = make_held_order(*(items or ((make_honey(), 2),)), **fields)
    pay_for(order)
    for parcel in open_parcels(order):
        move_to(parcel, "DELIVERED")
    return Order.objects.get(pk=order.pk)


def read_offer(order: Order) -> Offer:
    order = Order.objects.get(pk=order.pk)
    return offer_of(order, for_withdrawing(Line.objects.filter(order=order).order_by("pk")), timezone.now())


def declare(order: Order, pieces: dict[int, int] | None = None, **fields: Any) -> Withdrawal:
    """Withdraw from an order; from all of it unless told otherwise."""
    if pieces is None:
        pieces = {item.line.pk: item.left for item in read_offer(order).open_items}
    values: dict[str, Any] = {"name": "Fatima Zahra", "confirmation": "key-1", "now": timezone.now()}
    return operations.declare(order_id=order.pk, pieces=pieces, **values | fields)
