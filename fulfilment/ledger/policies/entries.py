"""What an entry is before it is written, and when it is fit to be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from catalogue.kernel.money import MAD, to_minor

from .accounts import AccountKey

LEAST_LEGS = 2


class Source(StrEnum):
    """Kinds of money event. With the event's own id from outside they name an entry."""

    SALE = "sale"
    REFUND = "refund"
    DELIVERY = "delivery"
    LOSS = "loss"
    ADVANCE = "advance"
    PAYOUT = "payout"
    PAYOUT_SETTLED = "payout_settled"
    BANK_CHARGE = "bank_charge"
    HELD = "held"
    FEE = "fee"
    DISPUTE = "dispute"
    REMITTANCE = "remittance"
    TRANSFER = "transfer"
    SETTLEMENT = "settlement"
    CONVERSION = "conversion"
    EXPORT_VAT = "export_vat"
    REVERSAL = "reversal"


class Unbalanced(ValueError):
    """The legs of some currency do not add up to nothing, or there are too few of them."""

    def __init__(self, name: str, sums: dict[str, int]) -> None:
        self.sums = sums
        super().__init__(f"entry {name} does not balance: {sums or 'no legs'}")


@dataclass(frozen=True)
class Leg:
    """An amount on one side of one account: a debit positive, a credit negative, in minor units."""

    account: AccountKey
    amount_minor: int
    order_line: int | None = None

    @property
    def currency(self) -> str:
        return self.account.currency


@dataclass(frozen=True)
class NewEntry:
    """An entry to be written."""

    source: Source
    external_id: str
    legs: tuple[Leg, ...]
    occurred_at: datetime
    memo: str = ""
    order_number: str = ""

    @property
    def name(self) -> str:
        return f"{self.source}:{self.external_id}"


def debit(
    code: str, amount: Decimal, currency: str = MAD, *, cooperative_id: int = 0, order_line: int | None = None
) -> Leg:
    return Leg(AccountKey(code, currency, cooperative_id), to_minor(amount), order_line)


def credit(
    code: str, amount: Decimal, currency: str = MAD, *, cooperative_id: int = 0, order_line: int | None = None
) -> Leg:
    return debit(code, -amount, currency, cooperative_id=cooperative_id, order_line=order_line)


def merged(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Add up legs on the same account (and order line), drop what comes to nothing, keep the order."""
    sums: dict[tuple[AccountKey, int | None], int] = {}
    for leg in legs:
        place = (leg.account, leg.order_line)
        sums[place] = sums.get(place, 0) + leg.amount_minor
    return tuple(Leg(account, amount, order_line) for (account, order_line), amount in sums.items() if amount)


def opposite(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    return tuple(Leg(leg.account, -leg.amount_minor, leg.order_line) for leg in legs)


def sums(legs: Iterable[Leg]) -> dict[str, int]:
    """Add up legs by currency."""
    totals: dict[str, int] = {}
    for leg in legs:
        totals[leg.currency] = totals.get(leg.currency, 0) + leg.amount_minor
    return totals


def check(entry: NewEntry) -> None:
    """Raise ``Unbalanced`` for what the database would refuse, before it is asked."""
    totals = sums(entry.legs)
    if len(entry.legs) < LEAST_LEGS or any(totals.values()) or not all(leg.amount_minor for leg in entry.legs):
        raise Unbalanced(entry.name, totals)
