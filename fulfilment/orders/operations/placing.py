"""Placing an order: everything is read again under lock, then frozen."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from catalogue.kernel import events
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.lots.operations import allocate
from catalogue.places.models import Country
from fulfilment.orders import queries, signals, transfers
from fulfilment.orders.allocating.operations import towards
from fulfilment.orders.cash_terms import terms_of
from fulfilment.orders.confirming import operations as confirming
from fulfilment.orders.confirming import queries as confirmations
from fulfilment.orders.confirming.policies import Standing, cash_is_off, why_ask
from fulfilment.orders.discounting import NOTHING, AtHand
from fulfilment.orders.invoicing import InvoiceTo
from fulfilment.orders.models import InvoiceParty, Order, OrderEvent, ShippingAddress
from fulfilment.orders.operations import life, lines
from fulfilment.orders.policies import (
    CASH,
    TRANSFER,
    Item,
    PricedItem,
    Quote,
    Recipient,
    by_stockrecord,
    new_number,
)
from fulfilment.orders.ways_to_pay import payment_methods
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import Delivery, PickUp


class NotForSale(Exception):
    """Some of it has no price in this currency any more."""

    def __init__(self, stockrecord_ids: tuple[int, ...]) -> None:
        self.stockrecord_ids = stockrecord_ids
        super().__init__(f"no price for stock records {stockrecord_ids}")


class NotSentThere(Exception):
    """Some of it may not go to this destination: each item names the rule, ``heaviest_g`` what a parcel may weigh."""

    def __init__(self, items: tuple[PricedItem, ...], heaviest_g: int = 0) -> None:
        self.items, self.heaviest_g = items, heaviest_g
        super().__init__(", ".join(f"{item.stockrecord_id}: {item.refused_by}" for item in items))


class DeliveryGone(Exception):
    """The chosen way to send it is not offered for this parcel and address."""


class PaymentNotOffered(Exception):
    """The chosen way to pay is not offered for this order."""


class CashNotOffered(PaymentNotOffered):
    """Orders of this number were refused at the door before: another way, or a call to the office."""


class TermsChanged(Exception):
    """A price or a total is no longer what the buyer was shown. Nothing was placed."""

    def __init__(self, quote: Quote) -> None:
        self.quote = quote
        super().__init__("the terms are not those shown")


@dataclass(frozen=True)
class Purchase:
    """All that placing needs, as plain data.

    ``address`` holds the fields of a ``ShippingAddress``, checked by a form. ``shown`` are the fingerprints of the
    quotes the buyer was shown, for ways to send and to pay it. Name and phone in ``address`` are the payer's; a
    ``recipient``, if there is one, takes their place on the parcel. ``offers`` were read under the locks of their rows.
    ``pick_up`` is the shop it is fetched from, or sold in: all of it comes from there. What is sold at a counter has no
    basket.
    """

    basket_id: int | None
    items: tuple[Item, ...]
    shopping: Shopping
    language: str
    address: Mapping[str, Any]
    delivery: str
    payment_method: str
    shown: tuple[str, ...]
    email: str = ""
    user_id: int | None = None
    recipient: Recipient | None = None
    offers: AtHand = NOTHING
    invoice_to: InvoiceTo | None = None
    pick_up: PickUp | None = None

    @property
    def place_id(self) -> int | None:
        """The one shop whose lots it is taken from; nothing when it is sent."""
        return self.pick_up.place_id if self.pick_up else None

    @property
    def at_counter(self) -> bool:
        return self.pick_up is not None and self.pick_up.at_counter


@dataclass(frozen=True)
class Placed:
    """An order; its ``quote`` and ``delivery`` say what it was placed at, when it was placed just now."""

    order_id: int
    number: str
    quote: Quote | None = None
    delivery: Delivery | None = None


def place(*, purchase: Purchase, now: datetime) -> Placed:
    """Keep pieces of lots and write the order with its terms frozen, inside the caller's transaction.

    Locks stock records, lots and what lies of them, by key. Announces ``order_placed``; cash orders are confirmed at
    once unless the settings of ``COD_CONFIRMATION`` want their buyer to be asked first. Raises ``SoldOut``,
    ``NotForSale``, ``NotSentThere``, ``DeliveryGone``, ``PaymentNotOffered`` (``CashNotOffered``) or ``TermsChanged``;
    the caller rolls back.
    """
    takes = allocate(
        by_stockrecord(purchase.items),
        day=day_of(now),
        abroad=purchase.shopping.destination != HOME_COUNTRY,
        to=towards(purchase.shopping.destination, purchase.address.get("province")),
        place_id=purchase.place_id,
    )
    rows = queries.price_rows((item.stockrecord_id for item in purchase.items), shopping=purchase.shopping, now=now)
    quote = queries.quote(
        purchase.items,
        shopping=purchase.shopping,
        zone_code=_zone(purchase),
        now=now,
        rows=rows,
        offers=purchase.offers,
        pick_ups=(purchase.pick_up,) if purchase.pick_up else (),
    )
    delivery = _check(purchase, quote)
    past = _standing(purchase, now)
    made_to_order = any(row.stockrecord.product.made_to_order for row in rows.values())
    order = _insert(purchase, quote, delivery, now, made_to_order=made_to_order)
    with translation.override(purchase.language):
        lines.write(order, quote, delivery, rows, takes, now)
    if purchase.invoice_to:
        InvoiceParty.objects.create(order=order, **asdict(purchase.invoice_to))
    events.announce(signals.order_placed, order_id=order.pk, order=order)
    step = OrderEvent(order=order, kind="placed", at=now, by_id=purchase.user_id)
    why = "" if purchase.at_counter else why_ask(past, order.total_incl_tax, confirmations.rules())
    if order.payment_method == CASH and not why:
        life.confirm_locked(order, now=now, after=step)  # both steps in one statement
        return Placed(order.pk, order.number, quote, delivery)
    step.save()
    if order.payment_method == CASH:
        confirming.ask(order, why=why, now=now)
    return Placed(order.pk, order.number, quote, delivery)


def _zone(purchase: Purchase) -> str:
    """Return the zone that it is sent to; none where its buyer fetches it."""
    if purchase.pick_up:
        return ""
    return shipping.zone_of(purchase.shopping.destination, purchase.address.get("province"))


def _standing(purchase: Purchase, now: datetime) -> Standing:
    """Read how the payer's orders in cash ended. Raises ``CashNotOffered`` when too many were refused."""
    if purchase.payment_method != CASH or purchase.at_counter:
        return Standing()
    past = confirmations.standing_of(purchase.address["phone_number"], now)
    if cash_is_off(past, confirmations.rules()):
        raise CashNotOffered(CASH)
    return past


def _check(purchase: Purchase, quote: Quote) -> Delivery:
    if quote.unpriced or not quote.items:
        raise NotForSale(quote.unpriced)
    if quote.refused and not purchase.pick_up:
        raise NotSentThere(quote.refused, quote.heaviest_g)
    delivery = quote.delivery(purchase.delivery)
    if delivery is None:
        raise DeliveryGone(purchase.delivery)
    if quote.fingerprint(delivery, purchase.payment_method) not in purchase.shown:
        raise TermsChanged(quote)
    hidden = purchase.recipient is not None and purchase.recipient.prices_hidden
    offered = payment_methods(quote, delivery, prices_hidden=hidden, transfer_from=transfers.least_amounts())
    if purchase.payment_method not in offered:
        raise PaymentNotOffered(purchase.payment_method)
    return delivery


def _insert(purchase: Purchase, quote: Quote, delivery: Delivery, now: datetime, *, made_to_order: bool) -> Order:
    cash = purchase.payment_method == CASH
    promised = shipping.promise_of(delivery, now)
    total = quote.total(delivery, purchase.payment_method)
    code = purchase.address["country_id"]
    country = Country(pk=code, printable_name=code)  # the address's text needs its name; the row itself is not read
    place = addressed_to(purchase.recipient, purchase.address)
    address = ShippingAddress.objects.create(**{**place, "country": country})
    return Order.objects.create(
        number=new_number(),
        basket_reference=purchase.basket_id,
        user_id=purchase.user_id,
        guest_email=purchase.email,
        site_id=settings.SITE_ID,
        shipping_address=address,
        currency=quote.currency,
        total_incl_tax=total,
        total_excl_tax=total - quote.tax - delivery.tax,
        shipping_incl_tax=delivery.price,
        shipping_excl_tax=delivery.price - delivery.tax,
        shipping_vat_pct=delivery.vat_pct,
        shipping_method=str(shipping.METHOD_NAMES.get(delivery.kind, delivery.kind)),
        shipping_code=delivery.kind,
        collect_at_id=purchase.place_id,
        promised_first=promised.first,
        promised_last=promised.last,
        status=Order.Status.PENDING_CONFIRMATION if cash else Order.Status.PENDING_PAYMENT,
        channel=_channel(purchase),
        payment_method=purchase.payment_method,
        mad_per_unit=quote.mad_per_unit,
        price_list_id=quote.price_list_id,
        side=quote.side,
        destination=quote.destination,
        language=purchase.language,
        buyer_name=purchase.address["last_name"],
        phone=purchase.address["phone_number"],
        date_placed=now,
        reserved_until=_reserved_until(purchase.payment_method, now),
        made_to_order=made_to_order,
        **cash_terms(quote, delivery, purchase.payment_method),
        **_recipient(purchase.recipient),
    )


def _channel(purchase: Purchase) -> str:
    if purchase.at_counter:
        return Order.Channel.SHOP
    at_home = purchase.shopping.destination == HOME_COUNTRY
    return Order.Channel.WEB_MA if at_home else Order.Channel.WEB_ABROAD


def _reserved_until(payment_method: str, now: datetime) -> datetime | None:
    """Return how long an unpaid order holds its stock: a card takes minutes, a transfer days."""
    if payment_method == CASH:
        return None
    if payment_method == TRANSFER:
        return transfers.awaited_until(now)
    return now + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES)


def cash_terms(quote: Quote, delivery: Delivery, payment_method: str) -> dict[str, Any]:
    """Return what an order keeps of how its total in cash was made; nothing for another way to pay."""
    return terms_of(quote.asked(delivery, CASH), quote.cash_rules) if payment_method == CASH else {}


def addressed_to(recipient: Recipient | None, address: Mapping[str, Any]) -> dict[str, Any]:
    """Write a recipient on a payer's parcel: their name, and their phone if they have one."""
    if recipient is None:
        return dict(address)
    return {**address, "last_name": recipient.name} | ({"phone_number": recipient.phone} if recipient.phone else {})


def _recipient(recipient: Recipient | None) -> dict[str, Any]:
    if recipient is None:
        return {}
    return {
        "recipient_name": recipient.name,
        "recipient_phone": recipient.phone,
        "recipient_language": recipient.language,
        "gift_message": recipient.gift_message,
        "prices_hidden": recipient.prices_hidden,
    }
