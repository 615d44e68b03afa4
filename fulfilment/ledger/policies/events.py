"""Money events other than sales and refunds: each as legs that balance in each currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import MAD, ZERO, quantize

from . import accounts
from .accounts import trading
from .entries import Leg, credit, debit, merged


@dataclass(frozen=True)
class Earned:
    """What one delivered order line earned a cooperative, MAD, excluding tax.

    ``seller_id`` is the cooperative that it was sold as, where that is another: several made the lot.
    """

    order_line: int
    cooperative_id: int
    amount_mad: Decimal
    seller_id: int = 0

    @property
    def accrued_by(self) -> int:
        return self.seller_id or self.cooperative_id


def delivered(lines: Iterable[Earned]) -> tuple[Leg, ...]:
    """Make what was sold payable: the buyer has it, and it is known who made it."""
    return merged(
        leg
        for line in lines
        for leg in (
            debit(accounts.ACCRUED, line.amount_mad, cooperative_id=line.accrued_by, order_line=line.order_line),
            credit(accounts.PAYABLE, line.amount_mad, cooperative_id=line.cooperative_id, order_line=line.order_line),
        )
    )


def lost(owed_mad: Mapping[int, Decimal]) -> tuple[Leg, ...]:
    """Pay cooperatives for goods that a courier lost: the office bears it.

    Its legs name no order line: nothing of them waits for a buyer, and a refund of the line leaves them alone.
    """
    return merged(
        leg
        for cooperative_id, amount_mad in owed_mad.items()
        for leg in (
            debit(accounts.PARCELS_LOST, amount_mad),
            credit(accounts.PAYABLE, amount_mad, cooperative_id=cooperative_id),
        )
    )


def advance(cooperative_id: int, amount_mad: Decimal) -> tuple[Leg, ...]:
    """Lend a cooperative money: it is to be paid like what it earned, and stands until payouts took it back."""
    return (
        debit(accounts.ADVANCES, amount_mad, cooperative_id=cooperative_id),
        credit(accounts.PAYABLE, amount_mad, cooperative_id=cooperative_id),
    )


def payout(cooperative_id: int, amount_mad: Decimal, deducted_mad: Decimal = ZERO) -> tuple[Leg, ...]:
    """Send a payment on its way, less what is deducted for advances. One that comes back is reversed, all of it."""
    return merged(
        (
            debit(accounts.PAYABLE, amount_mad + deducted_mad, cooperative_id=cooperative_id),
            credit(accounts.CLEARING_PAYOUTS, amount_mad),
            credit(accounts.ADVANCES, deducted_mad, cooperative_id=cooperative_id),
        )
    )


def payout_settled(amount_mad: Decimal) -> tuple[Leg, ...]:
    """Take a payment that went through from the bank. If it comes back after all, this is reversed as well."""
    return debit(accounts.CLEARING_PAYOUTS, amount_mad), credit(accounts.BANK, amount_mad)


def bank_charge(amount_mad: Decimal) -> tuple[Leg, ...]:
    """Book what the bank kept for a transfer, beyond what was sent or of what came back: the office bears it."""
    return debit(accounts.BANK_CHARGES, amount_mad), credit(accounts.BANK, amount_mad)


def paid_at_once(cooperative_id: int, amount_mad: Decimal) -> tuple[Leg, ...]:
    """Pay a cooperative from the bank in one step, as runs of before there were files did."""
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


def cash_remitted(amount_mad: Decimal, fees_mad: Decimal = ZERO) -> tuple[Leg, ...]:
    """Take in what a courier had collected, less the fees they kept of it. What is missing stays owed by them."""
    return merged(
        (
            debit(accounts.BANK, amount_mad - fees_mad),
            debit(accounts.COURIER_FEES, fees_mad),
            credit(accounts.COURIER_CASH, amount_mad),
        )
    )


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


def export_taxed(vat_mad: Decimal) -> tuple[Leg, ...]:
    """Owe the VAT within the price of an export that cannot be proved. The buyer pays no more: the office bears it."""
    return debit(accounts.EXPORT_VAT, vat_mad), credit(accounts.VAT, vat_mad)
