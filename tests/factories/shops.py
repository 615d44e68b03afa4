"""Solidarity shops with their hours, what lies in them, who keeps them, and orders that are fetched there."""

from datetime import date, time
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.shopping import Shopping
from catalogue.lots.models import LotStock, Place
from catalogue.people.models import User
from catalogue.shops.models import OpeningHours
from catalogue.shops.queries import shops
from fulfilment.collecting import operations
from fulfilment.collecting.models import ShopMandate
from fulfilment.collecting.queries import pick_up_at
from fulfilment.orders.models import Order
from fulfilment.orders.policies import Item
from fulfilment.orders.queries import quote
from fulfilment.warehouse import operations as warehouse
from storefront.checkout import operations as checkout

from .lots import make_lot, make_place
from .orders import make_basket
from .people import make_person

SHOPPING = Shopping()


def make_shop(**fields: Any) -> Place:
    """Return a shop that is open from nine to seven on every day but Sunday."""
    fields = {"code": "SHOP-CASA", "phone": "+212500000102", "address": "Fictional address, Market street"} | fields
    place = make_place("shop", **fields)
    OpeningHours.objects.bulk_create(
        OpeningHours(place=place, weekday=weekday, opens=time(9), closes=time(19)) for weekday in range(6)
    )
    return place


def put_in(place: Place, record: StockRecord, quantity: int = 10, **fields: Any) -> LotStock:
    """Let pieces of a product lie in a shop."""
    return make_lot(record, quantity, place=place, **fields)


def make_keeper(place: Place, **fields: Any) -> User:
    """Return someone who keeps a shop this year."""
    person = make_person()
    values = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)} | fields
    ShopMandate.objects.create(place=place, user=person, given_by=person, given_at=timezone.now(), **values)
    return person


def order_to_fetch(place: Place, *items: tuple[StockRecord, int], **fields: Any) -> Order:
    """Place an order that is fetched in a shop, the way the checkout does."""
    now, shop = timezone.now(), shops().get(pk=place.pk)
    basket, pick_up = make_basket(*items), pick_up_at(shop, now)
    method = fields.pop("payment_method", "cash")
    wanted_items = [Item(record.pk, quantity) for record, quantity in items]
    found = quote(wanted_items, shopping=SHOPPING, zone_code="", now=now, pick_ups=[pick_up])
    values = {
        "shopping": SHOPPING,
        "language": "fr",
        "address": operations.address_at(shop, "Fatima Zahra", "+212612345678"),
        "email": "",
        "delivery": pick_up.code,
        "payment_method": method,
        "shown": tuple(found.fingerprint(way, method) for way in found.deliveries),
        "pick_up": pick_up,
    }
    placed = checkout.place(basket_id=basket.pk, wanted=checkout.Wanted(**values | fields), now=now)
    return Order.objects.get(pk=placed.order_id)


def make_ready(order: Order) -> Order:
    """Let a shop take an order from its shelves and pack it."""
    for consignment in warehouse.open_consignments(order_id=order.pk, now=timezone.now()):
        operations.prepare(consignment_id=consignment.pk, place_id=consignment.origin_id, by=None, now=timezone.now())
    order.refresh_from_db()
    return order


def sell_over_counter(place: Place, keeper: User, items: dict[int, int], *, key: Any, **fields: Any) -> Any:
    """Sell at a shop's counter at the prices of the moment."""
    shown = operations.quote_at(place, items, timezone.now()).fingerprint
    return operations.sell(
        place_id=place.pk,
        items=items,
        key=key,
        by=keeper,
        now=timezone.now(),
        **{"shown": shown, "language": "fr"} | fields,
    )
