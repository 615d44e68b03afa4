"""The accounts that money events use, by code. Their names and kinds: ``fulfilment.ledger.chart``."""

from dataclasses import dataclass

from catalogue.kernel.money import MAD

CLEARING_CARD = "clearing.card"
CLEARING_TRANSFER = "clearing.transfer"
CLEARING_PAYOUTS = "clearing.payouts"
COURIER_CASH = "clearing.courier"
BANK = "bank"
HELD = "held"
DISPUTES = "clearing.disputes"
ACCRUED = "cooperatives.accrued"
PAYABLE = "cooperatives.payable"
ADVANCES = "cooperatives.advances"
VAT = "tax.vat"
STAMP_DUTY = "tax.stamp"
COMMISSION = "income.commission"
COLLECTION = "income.collection"
PACKING = "income.packing"
TRANSPORT = "income.transport"
PAYMENT = "income.payment"
DELIVERY = "income.delivery"
DISCOUNTS = "expense.discounts"
PROVIDER_FEES = "expense.provider_fees"
BANK_CHARGES = "expense.bank_charges"
COURIER_FEES = "expense.courier_fees"
DISPUTES_LOST = "expense.disputes_lost"
PARCELS_LOST = "expense.parcels_lost"
ROUNDING = "expense.rounding"
CASH_ROUNDING = "expense.cash_rounding"
STAMP_DUTY_BORNE = "expense.stamp_duty"
EXPORT_VAT = "expense.export_vat"
TRADING_EUR = "trading.eur"
TRADING_USD = "trading.usd"

OF_COOPERATIVES = frozenset({ACCRUED, PAYABLE, ADVANCES})


@dataclass(frozen=True, order=True)
class AccountKey:
    """An account as code names it: its rows are found or opened by these three."""

    code: str
    currency: str = MAD
    cooperative_id: int = 0

    def __post_init__(self) -> None:
        if (self.code in OF_COOPERATIVES) != bool(self.cooperative_id):
            raise ValueError(f"{self.code} names a cooperative exactly when it is an account of cooperatives.")


def trading(currency: str) -> str:
    """Return the code of the account through which a currency is turned into dirhams."""
    return f"trading.{currency.lower()}"
