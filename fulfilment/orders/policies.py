"""Rules of an order that need no database: its life, its number, its totals, how it may be paid."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import MAD, ZERO, quantize
from catalogue.kernel.shopping import HOME_COUNTRY, side_of
from fulfilment.shipping.policies import Delivery, Load

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody mistakes for one another, read over a telephone."""

NUMBER_LENGTH = 10

NEXT = {
    "PENDING_PAYMENT": ("PAID", "EXPIRED", "CANCELLED"),
    "PENDING_CONFIRMATION": ("CONFIRMED", "CANCELLED"),
    "PAID": ("PREPARING", "CANCELLED"),
    "CONFIRMED": ("PREPARING", "CANCELLED"),
    "PREPARING": ("SHIPPED", "CANCELLED"),
    "SHIPPED": ("DELIVERED", "REFUSED", "RETURNED"),
    "DELIVERED": ("COMPLETED", "RETURNED"),
    "REFUSED": ("RETURNED",),
    "EXPIRED": ("PENDING_PAYMENT",),
}
HOLDING = ("PENDING_PAYMENT", "PENDING_CONFIRMATION", "PAID", "CONFIRMED", "PREPARING", "SHIPPED")
"""While an order is in one of these, what has not left the shelf is promised to it."""

CARD_MINIMUM = {MAD: Decimal("10.00"), "EUR": Decimal("0.50"), "USD": Decimal("0.50")}
CARD, CASH = "card", "cash"
PACKED, PAID = "packed", "paid"
PACKED_OR_LATER = ("PACKED", "HANDED_OVER", "IN_TRANSIT", "DELIVERED", "REFUSED", "LOST", "RETURNED")
"""States of a parcel that keep its order from being cancelled."""


def may_follow(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())


def why_not_cancel(status: str, payment_method: str, parcel_states: Iterable[str]) -> str:
    """Say what keeps an order from being cancelled: ``PACKED``, ``PAID``, or nothing."""
    if not may_follow(status, "CANCELLED") or any(state in PACKED_OR_LATER for state in parcel_states):
        return PACKED
    return PAID if payment_method == CARD and status != "PENDING_PAYMENT" else ""


def new_number() -> str:
    """Return a number that tells nothing and that nobody guesses (49 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))


def fold_number(written: str) -> str:
    """Read a number as people type it: any case, spaces and dashes, O for 0 and the like cannot occur."""
    return "".join(character for character in written.upper() if character in ALPHABET)


@dataclass(frozen=True)
class Item:
    """One thing to buy, from one seller."""

    stockrecord_id: int
    quantity: int


@dataclass(frozen=True)
class PricedItem:
    """An item and the row it is sold at. ``refused_by`` names the rule that keeps it from its destination."""

    stockrecord_id: int
    quantity: int
    price_id: int
    unit_price: Decimal
    unit_tax: Decimal
    farm_gate_mad: Decimal
    load: Load
    refused_by: str = ""

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def tax(self) -> Decimal:
        return self.unit_tax * self.quantity


@dataclass(frozen=True)
class Quote:
    """What a purchase would cost now, and the ways to send and pay it. Figures only: pages and placing share it."""

    currency: str
    destination: str
    mad_per_unit: Decimal
    price_list_id: int | None
    items: tuple[PricedItem, ...]
    deliveries: tuple[Delivery, ...] = ()
    unpriced: tuple[int, ...] = ()

    @property
    def side(self) -> str:
        return side_of(self.destination)

    @property
    def goods(self) -> Decimal:
        return sum((item.total for item in self.items), ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((item.tax for item in self.items), ZERO)

    @property
    def goods_mad(self) -> Decimal:
        return quantize(self.goods * self.mad_per_unit)

    @property
    def load(self) -> Load:
        return sum((item.load * item.quantity for item in self.items), Load())

    @property
    def refused(self) -> tuple[PricedItem, ...]:
        return tuple(item for item in self.items if item.refused_by)

    def delivery(self, code: str) -> Delivery | None:
        return next((delivery for delivery in self.deliveries if delivery.code == code), None)

    def total(self, delivery: Delivery | None) -> Decimal:
        return self.goods + (delivery.price if delivery else ZERO)

    def fingerprint(self, delivery: Delivery | None) -> str:
        """Sum up what the buyer is shown: any change of a line, a price, the delivery or a currency changes it."""
        parts = [self.currency, self.destination, delivery.code if delivery else "", str(self.total(delivery))]
        parts += sorted(f"{item.stockrecord_id}:{item.quantity}:{item.unit_price}" for item in self.items)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def payment_methods(quote: Quote, delivery: Delivery | None) -> list[str]:
    """Return how this purchase may be paid: cash to a courier in Morocco, a card from the provider's minimum."""
    total = quote.total(delivery)
    methods = []
    if delivery and quote.currency == MAD and quote.destination == HOME_COUNTRY and delivery.cash_allowed:
        limit = delivery.cash_up_to_mad
        if limit is None or total <= limit:
            methods.append(CASH)
    if total >= CARD_MINIMUM[quote.currency]:
        methods.append(CARD)
    return methods


def by_stockrecord(items: Iterable[Item]) -> dict[int, int]:
    """Add up quantities per stock record."""
    quantities: dict[int, int] = {}
    for item in items:
        quantities[item.stockrecord_id] = quantities.get(item.stockrecord_id, 0) + item.quantity
    return quantities
