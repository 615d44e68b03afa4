"""A sale over a shop's counter: placed, paid in cash and carried away in one transaction, from that shop's lots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.locks import advisory_lock
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.lots.models import Place
from catalogue.shops.queries import lies_free
from fulfilment.collecting.models import CounterSale
from fulfilment.orders import operations as orders
from fulfilment.orders import queries
from fulfilment.orders.policies import CASH, Item, Quote
from fulfilment.shipping.policies import COUNTER, PickUp, Promise
from fulfilment.warehouse import operations as warehouse

from .keeping import till_of


class NothingSold(Exception):
    """No piece of anything was chosen."""


class Nameless(Exception):
    """A walk-in buys under the shop's own phone, and this shop has none."""


@dataclass(frozen=True)
class Shown:
    """What a sale comes to now: its ``quote``, and the fingerprint that selling asks for."""

    quote: Quote
    fingerprint: str


def look_up(place_id: int, written: str, now: datetime) -> StockRecord | None:
    """Find by SKU, EAN or a cooperative's own number what a shop sells: what lies there first, then the cheapest."""
    code = written.strip()
    if not code:
        return None
    named = Q(product__sku__iexact=code) | Q(product__upc=code) | Q(partner_sku__iexact=code)
    here = set(lies_free(now).filter(place=place_id).values_list("lot__stockrecord_id", flat=True))
    found = StockRecord.objects.filter(named, partner__is_active=True).select_related("product", "partner")
    return min(found, key=lambda record: (record.pk not in here, record.pk), default=None)


def quote_at(place: Place, items: Mapping[int, int], now: datetime) -> Shown:
    """Work out what these (stock record id: pieces) cost at the counter, in cash. Reads only."""
    pick_up = _at_counter(place, now)
    quote = queries.quote(_items(items), shopping=Shopping(), zone_code="", now=now, pick_ups=(pick_up,))
    return Shown(quote, quote.fingerprint(quote.delivery(COUNTER), CASH))


@transaction.atomic
def sell(
    *,
    place_id: int,
    items: Mapping[int, int],
    shown: str,
    key: UUID,
    language: str,
    by: Any,
    now: datetime,
    name: str = "",
    phone: str = "",
) -> CounterSale:
    """Place an order at the counter and hand it over. The same ``key`` again is the same sale.

    Raises ``NothingSold``, ``Nameless`` and all that ``fulfilment.orders.operations.place`` raises.
    """
    advisory_lock(f"counter:{key}")
    if made := CounterSale.objects.filter(key=key).first():
        return made
    place = Place.objects.select_related("province").get(pk=place_id, kind=Place.Kind.SHOP)
    if not items or any(pieces < 1 for pieces in items.values()):
        raise NothingSold(place.code)
    if not (phone or place.phone):
        raise Nameless(place.code)
    purchase = orders.Purchase(
        basket_id=None,
        items=_items(items),
        shopping=Shopping(),
        language=language,
        address=address_at(place, name or _("Walk-in customer"), phone or place.phone),
        delivery=COUNTER,
        payment_method=CASH,
        shown=(shown,),
        pick_up=_at_counter(place, now),
    )
    placed = orders.place(purchase=purchase, now=now)
    sale = CounterSale.objects.create(
        order_id=placed.order_id, place=place, key=key, names_buyer=bool(phone), sold_at=now, sold_by=by
    )
    _carry_away(placed.order_id, place, by, now)
    return sale


def _carry_away(order_id: int, place: Place, by: Any, now: datetime) -> None:
    courier_id = till_of(place).courier_id
    for consignment in warehouse.open_consignments(order_id=order_id, now=now):
        warehouse.pick(consignment_id=consignment.pk, by=by, now=now)
        warehouse.pack(consignment_id=consignment.pk, by=by, now=now)
        warehouse.hand_over(consignment_id=consignment.pk, by=by, now=now, courier_id=courier_id)
        warehouse.deliver(consignment_id=consignment.pk, by=by, now=now)


def address_at(place: Place, name: str, phone: str) -> dict[str, Any]:
    """Return a shop's address as that of an order which is fetched there, with who fetches it."""
    return {
        "last_name": name,
        "phone_number": phone,
        "country_id": HOME_COUNTRY,
        "line1": place.name,
        "line2": place.address,
        "line4": place.town,
        "postcode": place.postal_code,
        "province": place.province,
    }


def _items(items: Mapping[int, int]) -> tuple[Item, ...]:
    return tuple(Item(record, pieces) for record, pieces in sorted(items.items()))


def _at_counter(place: Place, now: datetime) -> PickUp:
    today = day_of(now)
    return PickUp(place.pk, place.code, Promise(today, today), at_counter=True)
