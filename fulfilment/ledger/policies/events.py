"""Money events other than sales and refunds: each as legs that balance in each currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import MAD, quantize

from . import accounts
from .accounts import trading
from .entries import Leg, credit, debit, merged


@dataclass(frozen=True)
class Earned:
    """What one delivered order line earned its cooperative, MAD, excluding tax."""

    order_line: int
    cooperative_id: int
    amount_mad: Decimal


def delivered(lines: Iterable[Earned]) -> tuple[Leg, ...]:
    """Make what was sold payable: the buyer has it."""
    return merged(
        leg
        for line in lines
        for leg in (
            debit(accounts.ACCRUED, line.amount_mad, cooperative_id=line.cooperative_id, order_line=line.order_line),
            credit(accounts.PAYABLE, line.amount_mad, cooperative_id=line.cooperative_id, order_line=line.order_line),
        )
    )


def payout(cooperative_id: int, amount_mad: Decimal) -> tuple[Leg, ...]:
    """Pay a cooperative from the bank. One that comes back is reversed."""
    return (
        debit(accounts.PAYABLE, amount_mad, cooperative_id=cooperative_id),
        credit(accounts.BANK, amount_mad),
    )


def money_held(amount: Decimal, currency: str) -> tuple[Leg, ...]:
    """Take in money at the card provider that is not what was asked. Given back, it is reversed."""
    return debit(accounts.CLEARING_CARD, amount, currency), credit(accounts.HELD, amount, currency)


def provider_fee(amount: Decimal, currency: str, mad_per_unit: Decimal = Decimal(1)) -> tuple[Leg, ...]:
    """Book what the card provider kept of what it held for us."""
    return _spent(accounts.PROVIDER_FEES, accounts.CLEARING_CARD, amount, currency, mad_per_unit)


def provider_paid_out(amount: Decimal, currency: str) -> tuple[Leg, ...]:
    """Move what the card provider sent from there to our bank."""
    return debit(accounts.BANK, amount, currency), credit(accounts.CLEARING_CARD, amount, currency)


def dispute_withdrawn(amount: Decimal, currency: str) -> tuple[Leg, ...]:
    """Note that the card provider took the money of a disputed payment. One that is won is reversed."""
    return debit(accounts.DISPUTES, amount, currency), credit(accounts.CLEARING_CARD, amount, currency)


def dispute_lost(amount: Decimal, currency: str, mad_per_unit: Decimal = Decimal(1)) -> tuple[Leg, ...]:
    """Give up the money of a dispute: the office bears it."""
    return _spent(accounts.DISPUTES_LOST, accounts.DISPUTES, amount, currency, mad_per_unit)


def held_lost(amount: Decimal, currency: str) -> tuple[Leg, ...]:
    """End a lost dispute of money that was held and not ours: its buyer's bank took what would have gone back."""
    return debit(accounts.HELD, amount, currency), credit(accounts.DISPUTES, amount, currency)


def cash_remitted(amount_mad: Decimal) -> tuple[Leg, ...]:
    """Take in what a courier had collected. What is missing stays owed by the courier."""
    return debit(accounts.BANK, amount_mad), credit(accounts.COURIER_CASH, amount_mad)


def transfer_received(amount: Decimal, currency: str) -> tuple[Leg, ...]:
    """Take in a bank transfer; the sale it pays for is booked against the same account."""
    return debit(accounts.BANK, amount, currency), credit(accounts.CLEARING_TRANSFER, amount, currency)


def conversion(sold: Decimal, currency: str, bought_mad: Decimal) -> tuple[Leg, ...]:
    """Sell foreign money at the bank. What it brought more than the frozen rates, or less, stays on ``trading``."""
    through = trading(currency)
    return (
        credit(accounts.BANK, sold, currency),
        debit(through, sold, currency),
        credit(through, bought_mad),
        debit(accounts.BANK, bought_mad),
    )


def _spent(expense: str, paid_from: str, amount: Decimal, currency: str, mad_per_unit: Decimal) -> tuple[Leg, ...]:
    """Book an expense in dirhams that was taken from money in any currency."""
    if currency == MAD:
        return debit(expense, amount), credit(paid_from, amount)
    through, amount_mad = trading(currency), quantize(amount * mad_per_unit)
    legs = (
        debit(expense, amount_mad),
        credit(through, amount_mad),
        debit(through, amount, currency),
        credit(paid_from, amount, currency),
    )
    return merged(legs)
