"""Rules of an order that need no database: its life, its number, its totals, how it may be paid."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from catalogue.kernel.money import ZERO, quantize
from catalogue.kernel.shopping import side_of
from fulfilment.shipping.policies import Delivery, Load

from .at_the_door import NO_RULES, CashRules, CashSum, ask

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

CARD, CASH, TRANSFER = "card", "cash", "transfer"
PACKED_OR_LATER = ("PACKED", "HANDED_OVER", "IN_TRANSIT", "DELIVERED", "REFUSED", "LOST", "RETURNED")
"""States of a parcel that keep its order from being cancelled."""


def may_follow(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())


def may_cancel(status: str, parcel_states: Iterable[str]) -> bool:
    """Tell whether an order can still be cancelled, paid or not: nothing of it is packed."""
    return may_follow(status, "CANCELLED") and not any(state in PACKED_OR_LATER for state in parcel_states)


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
class Recipient:
    """Who receives a purchase instead of the payer. ``phone`` (E.164) and ``gift_message`` may be empty."""

    name: str
    language: str
    phone: str = ""
    gift_message: str = ""
    prices_hidden: bool = False


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
class LineDiscount:
    """What one offer takes off one item's total: ``amount`` and the ``tax`` within it, in the order's currency.

    ``cooperative_mad`` is what the cooperative gives up of its farm-gate amount, excluding tax; the office bears
    the rest.
    """

    stockrecord_id: int
    name: str
    amount: Decimal
    cooperative_mad: Decimal
    offer_id: int | None = None
    voucher_id: int | None = None
    voucher_code: str = ""
    tax: Decimal = ZERO


@dataclass(frozen=True)
class DeliveryDiscount:
    """What one offer takes off one way to send the parcel. ``Delivery.price`` is what is left."""

    code: str
    name: str
    amount: Decimal
    offer_id: int | None = None
    voucher_id: int | None = None
    voucher_code: str = ""


class Why(StrEnum):
    """What keeps an offer or a voucher from counting, or (``WITH_DELIVERY``) when it will."""

    SPEND_MORE = "spend_more"
    MORE_PIECES = "more_pieces"
    NOT_THESE = "not_these"
    NOT_IN_CURRENCY = "not_in_currency"
    NOTHING_LEFT = "nothing_left"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    NOT_NOW = "not_now"
    WITH_DELIVERY = "with_delivery"


@dataclass(frozen=True)
class OfferNote:
    """An offer that takes nothing (yet), and what is missing: so much more, or so many pieces."""

    offer_id: int
    name: str
    why: Why
    amount: Decimal = ZERO
    pieces: int = 0
    voucher_id: int | None = None
    voucher_code: str = ""


@dataclass(frozen=True)
class NamedAmount:
    """One row of a sum: an offer's name, or a voucher's with its code, and what it takes off."""

    name: str
    amount: Decimal
    voucher_code: str = ""

    @property
    def change(self) -> Decimal:
        """What it does to the sum."""
        return -self.amount


def by_name(discounts: Iterable[Any]) -> list[NamedAmount]:
    """Add up discounts (plain, or an order's rows) by the offer that gave them, in the order they were taken."""
    sums: dict[tuple[int | None, str, str], Decimal] = {}
    for row in discounts:
        key = (row.offer_id, row.name, row.voucher_code)
        sums[key] = sums.get(key, ZERO) + row.amount
    return [NamedAmount(name, amount, code) for (_offer, name, code), amount in sums.items()]


@dataclass(frozen=True)
class Quote:
    """What a purchase would cost now, and the ways to send and pay it. Figures only: pages and placing share it.

    ``goods`` are before discounts; deliveries already cost what is left of them. ``floors`` are the least that
    cooperatives agreed to get a unit (MAD, by stock record), where they agreed to anything. ``cash_rules`` say what
    paying at the door changes.
    """

    currency: str
    destination: str
    mad_per_unit: Decimal
    price_list_id: int | None
    items: tuple[PricedItem, ...]
    deliveries: tuple[Delivery, ...] = ()
    unpriced: tuple[int, ...] = ()
    heaviest_g: int = 0
    discounts: tuple[LineDiscount, ...] = ()
    delivery_discounts: tuple[DeliveryDiscount, ...] = ()
    notes: tuple[OfferNote, ...] = ()
    floors: Mapping[int, Decimal] = field(default_factory=dict)
    cash_rules: CashRules = NO_RULES

    @property
    def side(self) -> str:
        return side_of(self.destination)

    @property
    def goods(self) -> Decimal:
        return sum((item.total for item in self.items), ZERO)

    def discounts_of(self, item: PricedItem) -> tuple[LineDiscount, ...]:
        return tuple(row for row in self.discounts if row.stockrecord_id == item.stockrecord_id)

    @property
    def discount(self) -> Decimal:
        """What all offers and the voucher take off the goods."""
        return sum((row.amount for row in self.discounts), ZERO)

    @property
    def net(self) -> Decimal:
        """What is paid for the goods."""
        return self.goods - self.discount

    @property
    def tax(self) -> Decimal:
        """The tax within what is paid for the goods."""
        taken_off = sum((row.tax for row in self.discounts), ZERO)
        return sum((item.tax for item in self.items), ZERO) - taken_off

    @property
    def goods_mad(self) -> Decimal:
        """The goods after discounts, in dirhams: what makes a delivery free is what is paid for them."""
        return quantize(self.net * self.mad_per_unit)

    @property
    def load(self) -> Load:
        return sum((item.load * item.quantity for item in self.items), Load())

    @property
    def refused(self) -> tuple[PricedItem, ...]:
        return tuple(item for item in self.items if item.refused_by)

    def delivery(self, code: str) -> Delivery | None:
        return next((delivery for delivery in self.deliveries if delivery.code == code), None)

    def off_delivery(self, delivery: Delivery | None) -> tuple[DeliveryDiscount, ...]:
        """Return what is taken off this way to send it."""
        return tuple(row for row in self.delivery_discounts if delivery and row.code == delivery.code)

    def discount_rows(self, delivery: Delivery | None = None) -> list[NamedAmount]:
        """Return each offer by name with what it takes, delivery included."""
        return by_name([*self.discounts, *self.off_delivery(delivery)])

    def asked(self, delivery: Delivery | None, method: str) -> CashSum:
        """Say what is asked by this way to pay: only cash is rounded, and bears a stamp duty."""
        price = self.net + (delivery.price if delivery else ZERO)
        return ask(price, self.cash_rules) if method == CASH else CashSum(price)

    def total(self, delivery: Delivery | None, method: str = "") -> Decimal:
        return self.asked(delivery, method).total

    def fingerprint(self, delivery: Delivery | None, method: str = "") -> str:
        """Sum up what the buyer is shown: any change of a line, price, discount, delivery or currency changes it.

        So does what the way to pay does to the total. Ways that ask the same are one.
        """
        asked = self.asked(delivery, method)
        parts = [self.currency, self.destination, delivery.code if delivery else "", str(asked.total)]
        parts += [f"duty:{asked.duty_of_buyer}:{asked.rounding}"] if asked.duty_of_buyer or asked.rounding else []
        parts += sorted(f"{item.stockrecord_id}:{item.quantity}:{item.unit_price}" for item in self.items)
        parts += sorted(f"-{row.stockrecord_id}:{row.offer_id}:{row.amount}" for row in self.discounts)
        parts += sorted(f"-{row.code}:{row.offer_id}:{row.amount}" for row in self.off_delivery(delivery))
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def by_stockrecord(items: Iterable[Item]) -> dict[int, int]:
    """Add up quantities per stock record."""
    quantities: dict[int, int] = {}
    for item in items:
        quantities[item.stockrecord_id] = quantities.get(item.stockrecord_id, 0) + item.quantity
    return quantities
