"""An offer as plain data, and the goods it may take from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum

from catalogue.kernel.money import CENT, MAD, ZERO, convert, quantize


class Kind(StrEnum):
    """What an offer does."""

    PERCENT = "percent"
    UNIT = "unit"
    MULTIBUY = "multibuy"
    BASKET = "basket"
    DELIVERY_PERCENT = "delivery_percent"
    DELIVERY_AMOUNT = "delivery_amount"

    @property
    def is_of_delivery(self) -> bool:
        return self in (Kind.DELIVERY_PERCENT, Kind.DELIVERY_AMOUNT)


@dataclass(frozen=True)
class Amounts:
    """One amount in several currencies: given in each, or given in dirhams and ``converted`` by the list's rate."""

    given: Mapping[str, Decimal]
    converted: bool = False

    def in_currency(self, currency: str, mad_per_unit: Decimal) -> Decimal | None:
        """Return the amount there, to the cent, halves up; nothing when nobody gave one."""
        if not self.converted or currency == MAD:
            return self.given.get(currency)
        return quantize(convert(self.given[MAD], mad_per_unit)) if MAD in self.given else None


def round_down(amount: Decimal) -> Decimal:
    """Round a limit to the cent, so that it is never passed."""
    return amount.quantize(CENT, ROUND_DOWN)


@dataclass(frozen=True)
class Good:
    """All that is bought of one stock record. ``floor_mad`` is the least that its cooperative agreed to get a unit."""

    stockrecord_id: int
    quantity: int
    unit_price: Decimal
    unit_tax: Decimal
    vat_pct: Decimal
    farm_gate_mad: Decimal
    floor_mad: Decimal


@dataclass(frozen=True)
class Offer:
    """What the office offers, read for one purchase.

    ``stockrecord_ids`` are those of the purchase that it concerns (``None``: all). ``amount`` is what it takes,
    ``minimum`` what the goods it concerns must come to, ``most`` what it takes of one order at most, ``left_mad``
    what is left of its budget. ``shut`` names what is known already to keep it from this buyer.
    """

    offer_id: int
    name: str
    kind: Kind
    percent: Decimal = ZERO
    take: int = 0
    pay: int = 0
    amount: Amounts | None = None
    minimum: Amounts | None = None
    most: Amounts | None = None
    min_count: int = 1
    stockrecord_ids: frozenset[int] | None = None
    exclusive: bool = False
    priority: int = 0
    cooperative_pct: Decimal = ZERO
    office_covers: bool = True
    left_mad: Decimal | None = None
    shut: str = ""
    voucher_id: int | None = None
    voucher_code: str = ""

    @property
    def rank(self) -> tuple[int, int, int]:
        """Stand in the one stacking order: goods, basket, voucher, delivery; inside each the higher priority first."""
        if self.kind.is_of_delivery:
            step = 3
        elif self.voucher_id is not None:
            step = 2
        else:
            step = 1 if self.kind is Kind.BASKET else 0
        late = self.kind.is_of_delivery and self.voucher_id is not None
        return step + late, -self.priority, self.offer_id

    def concerns(self, stockrecord_id: int) -> bool:
        return self.stockrecord_ids is None or stockrecord_id in self.stockrecord_ids

    def is_known_in(self, currency: str, mad_per_unit: Decimal) -> bool:
        """Tell whether every amount that it needs exists in this currency."""
        needed = [amounts for amounts in (self.amount, self.minimum, self.most) if amounts is not None]
        return all(amounts.in_currency(currency, mad_per_unit) is not None for amounts in needed)


@dataclass(frozen=True)
class AtHand:
    """Every offer that may count for one purchase, and what its cooperatives agreed to give up in offers.

    ``gives_up_pct`` is a percentage of the farm-gate amount, by stock record; where it is missing, nothing is taken.
    """

    offers: tuple[Offer, ...] = ()
    gives_up_pct: Mapping[int, Decimal] = field(default_factory=dict)

    def floor_mad(self, stockrecord_id: int, farm_gate_mad: Decimal) -> Decimal:
        """Return the least that a cooperative gets a unit, never a cent below what it agreed to."""
        left = 100 - self.gives_up_pct.get(stockrecord_id, ZERO)
        return (farm_gate_mad * left / 100).quantize(CENT, ROUND_UP)


NOTHING = AtHand()
