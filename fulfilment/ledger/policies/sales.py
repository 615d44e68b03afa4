"""A sale and what is taken back of it.

A sale in euros or dollars is turned into dirhams at the order's frozen rate through a trading account, whole: what is
owed to cooperatives and to the treasury, and what the office earns, is all in dirhams. Each order line, and the
delivery, is a block of legs that balances by itself, so that any share of it can be taken back and the shares add up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from catalogue.kernel.money import MAD, ZERO, quantize

from . import accounts
from .accounts import AccountKey, trading
from .entries import Leg, credit, debit, merged, opposite, sums

PAID_INTO = MappingProxyType(
    {"card": accounts.CLEARING_CARD, "cash": accounts.COURIER_CASH, "transfer": accounts.CLEARING_TRANSFER}
)
"""Where the money of a sale first stands, by way of paying."""

INCOME = MappingProxyType(
    {
        "office": accounts.COMMISSION,
        "collection": accounts.COLLECTION,
        "packing": accounts.PACKING,
        "transport": accounts.TRANSPORT,
        "payment": accounts.PAYMENT,
    }
)
"""The parts of a price that the office earns, by the name they have in a price list."""

THE_DELIVERY = None
"""The key of the delivery beside the numbers of order lines."""

Portions = Mapping[int | None, Fraction]


class MoreThanSold(ValueError):
    """More would be taken back of a line, or of the delivery, than was sold."""

    def __init__(self, order_line: int | None) -> None:
        self.order_line = order_line
        super().__init__(f"more than was sold of {'the delivery' if order_line is None else f'line {order_line}'}")


@dataclass(frozen=True)
class Discount:
    """What was taken off an order line: tax included, in the order's currency; what the cooperative bears, in MAD."""

    amount: Decimal
    tax: Decimal = ZERO
    cooperative_mad: Decimal = ZERO


@dataclass(frozen=True)
class AtTheDoor:
    """The share that a line, or the delivery, has in what paying in cash changed. In dirhams.

    ``of_buyer`` is the part of the stamp duty that the buyer paid; the office bears the rest, and the ``rounding``.
    """

    rounding: Decimal = ZERO
    stamp_duty: Decimal = ZERO
    of_buyer: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        """What it does to the money that comes in."""
        return self.of_buyer - self.rounding

    @property
    def legs(self) -> list[Leg]:
        return [
            debit(accounts.CASH_ROUNDING, self.rounding),
            debit(accounts.STAMP_DUTY_BORNE, self.stamp_duty - self.of_buyer),
            credit(accounts.STAMP_DUTY, self.stamp_duty),
        ]


NOT_AT_THE_DOOR = AtTheDoor()


@dataclass(frozen=True)
class SoldLine:
    """An order line as it was frozen: unit parts and tax in the order's currency, farm gate per unit in MAD."""

    order_line: int
    cooperative_id: int
    quantity: int
    unit_price: Decimal
    unit_tax: Decimal
    unit_parts: Mapping[str, Decimal]
    farm_gate_mad: Decimal
    discounts: tuple[Discount, ...] = ()
    at_the_door: AtTheDoor = NOT_AT_THE_DOOR

    @property
    def gross(self) -> Decimal:
        off = sum((discount.amount for discount in self.discounts), ZERO)
        return self.unit_price * self.quantity - off + self.at_the_door.change

    @property
    def tax(self) -> Decimal:
        return self.unit_tax * self.quantity - sum((discount.tax for discount in self.discounts), ZERO)

    @property
    def owed_mad(self) -> Decimal:
        borne = sum((discount.cooperative_mad for discount in self.discounts), ZERO)
        return self.farm_gate_mad * self.quantity - borne


@dataclass(frozen=True)
class Sale:
    """A paid order as plain data. ``method`` is how it was paid; ``mad_per_unit`` the frozen rate, 1 for MAD."""

    currency: str
    method: str
    lines: tuple[SoldLine, ...]
    mad_per_unit: Decimal = Decimal(1)
    delivery: Decimal = ZERO
    delivery_tax: Decimal = ZERO
    delivery_at_the_door: AtTheDoor = NOT_AT_THE_DOOR

    @property
    def paid_into(self) -> AccountKey:
        return AccountKey(PAID_INTO[self.method], self.currency)

    @property
    def gross(self) -> Decimal:
        return sum((line.gross for line in self.lines), ZERO) + self.delivery + self.delivery_at_the_door.change

    @property
    def whole(self) -> dict[int | None, Fraction]:
        """Everything that was sold, as portions."""
        keys = [line.order_line for line in self.lines] + ([THE_DELIVERY] if self.delivery else [])
        return dict.fromkeys(keys, Fraction(1))


def sale(sold: Sale) -> tuple[Leg, ...]:
    """Book a paid order: the money in, what is owed to cooperatives and the treasury, what the office earns."""
    return merged(leg for block in blocks(sold).values() for leg in block)


def blocks(sold: Sale) -> dict[int | None, tuple[Leg, ...]]:
    """Lay out a sale as one balanced block for each order line and one for the delivery."""
    found: dict[int | None, tuple[Leg, ...]] = {line.order_line: _line_block(sold, line) for line in sold.lines}
    if sold.delivery:
        shared = {accounts.VAT: sold.delivery_tax, accounts.DELIVERY: sold.delivery - sold.delivery_tax}
        door = sold.delivery_at_the_door
        found[THE_DELIVERY] = _block(sold, sold.delivery + door.change, [*_in_mad(sold, shared), *door.legs])
    return found


def _line_block(sold: Sale, line: SoldLine) -> tuple[Leg, ...]:
    """What the cooperative does not bear of a discount, the office does."""
    shared = {INCOME[name]: amount * line.quantity for name, amount in line.unit_parts.items()}
    shared[accounts.VAT] = line.tax
    owed = credit(accounts.ACCRUED, line.owed_mad, cooperative_id=line.cooperative_id, order_line=line.order_line)
    against = [owed, *_in_mad(sold, shared), *_borne_by_office(sold, line), *line.at_the_door.legs]
    return _block(sold, line.gross, against)


def _borne_by_office(sold: Sale, line: SoldLine) -> list[Leg]:
    excl_tax = sum((discount.amount - discount.tax for discount in line.discounts), ZERO)
    by_cooperative = sum((discount.cooperative_mad for discount in line.discounts), ZERO)
    return [debit(accounts.DISCOUNTS, quantize(excl_tax * sold.mad_per_unit) - by_cooperative)]


def _in_mad(sold: Sale, shared: Mapping[str, Decimal]) -> list[Leg]:
    return [credit(code, quantize(amount * sold.mad_per_unit)) for code, amount in shared.items()]


def _block(sold: Sale, gross: Decimal, against: Iterable[Leg]) -> tuple[Leg, ...]:
    """Set money that came in against what it is for; what rounding leaves goes to its own account."""
    legs = [*received(sold.paid_into, gross, sold.mad_per_unit), *against]
    left_over = sums(legs).get(MAD, 0)
    return merged([*legs, Leg(AccountKey(accounts.ROUNDING), -left_over)])


def received(into: AccountKey, amount: Decimal, mad_per_unit: Decimal) -> list[Leg]:
    """Take in an amount and offer it in dirhams: what the caller books against it is in MAD alone."""
    currency = into.currency
    money = debit(into.code, amount, currency)
    if currency == MAD:
        return [money]
    through = trading(currency)
    return [money, credit(through, amount, currency), debit(through, quantize(amount * mad_per_unit))]


@dataclass(frozen=True)
class Refund:
    """What is taken back of a sale: a portion of each order line (quantity over quantity sold) and of the delivery.

    ``already`` is what was taken back before. ``delivered`` are the order lines that the cooperative has earned:
    theirs is taken from what is to be paid. ``method`` is how the money goes back: a card, or a transfer for cash.
    """

    portions: Portions
    already: Portions = field(default_factory=dict)
    delivered: frozenset[int] = frozenset()
    method: str = "card"


REFUNDED_FROM = MappingProxyType({"card": accounts.CLEARING_CARD, "transfer": accounts.BANK})


def refund(sold: Sale, wanted: Refund) -> tuple[Leg, ...]:
    """Take back the exact opposite share of a sale. Refund after refund ends exactly at nothing; never above.

    Raises ``MoreThanSold``. Shares are counted from the beginning each time: this refund is the share up to now less
    the share up to the one before.
    """
    legs: list[Leg] = []
    sold_blocks = blocks(sold)
    for order_line, portion in wanted.portions.items():
        before = wanted.already.get(order_line, Fraction(0))
        if order_line not in sold_blocks or portion < 0 or before + portion > 1:
            raise MoreThanSold(order_line)
        block = sold_blocks[order_line]
        taken = merged([*_share(block, before + portion), *opposite(_share(block, before))])
        legs += opposite(_moved(sold, leg, wanted) for leg in taken)
    return merged(legs)


def _share(block: tuple[Leg, ...], portion: Fraction) -> list[Leg]:
    """Take a share of each leg, rounded down; in dirhams rounding differences take the rest, so that it balances."""
    rounding = AccountKey(accounts.ROUNDING)
    legs = [replace(leg, amount_minor=_part(leg.amount_minor, portion)) for leg in block if leg.account != rounding]
    return [*legs, Leg(rounding, -sums(legs).get(MAD, 0))]


def _part(amount_minor: int, portion: Fraction) -> int:
    part = abs(amount_minor) * portion.numerator // portion.denominator
    return part if amount_minor > 0 else -part


def _moved(sold: Sale, leg: Leg, wanted: Refund) -> Leg:
    """Put a leg of the sale where it stands by now."""
    account = leg.account
    if account == sold.paid_into:
        account = AccountKey(REFUNDED_FROM[wanted.method], sold.currency)
    elif account.code == accounts.ACCRUED and leg.order_line in wanted.delivered:
        account = replace(account, code=accounts.PAYABLE)
    return replace(leg, account=account)
