"""The chart of accounts: what each code is called, which kind it is and where the accountant finds it.

``number`` is the account of the Moroccan general chart (PCGE) it is summed up in; an assumption until the accountant
confirms it. Explained for people in docs/chart-of-accounts.md.
"""

from dataclasses import dataclass
from types import MappingProxyType

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.kernel.money import MAD

from .policies import Source
from .policies import accounts as codes

ASSET, LIABILITY, INCOME, EXPENSE, TRADING = "asset", "liability", "income", "expense", "trading"


@dataclass(frozen=True)
class AccountRule:
    """One line of the chart. ``mad_only`` accounts exist in dirhams alone."""

    number: str
    kind: str
    name: Promise | str
    mad_only: bool = True


CHART = MappingProxyType(
    {
        codes.BANK: AccountRule("5141", ASSET, _("Bank"), mad_only=False),
        codes.CLEARING_CARD: AccountRule("5115", ASSET, _("Card provider"), mad_only=False),
        codes.CLEARING_TRANSFER: AccountRule("4421", LIABILITY, _("Transfers not yet matched"), mad_only=False),
        codes.CLEARING_PAYOUTS: AccountRule("4497", LIABILITY, _("Payouts on their way")),
        codes.COURIER_CASH: AccountRule("3488", ASSET, _("Cash at couriers")),
        codes.DISPUTES: AccountRule("3424", ASSET, _("Disputed card payments"), mad_only=False),
        codes.HELD: AccountRule("4488", LIABILITY, _("Money held for a person"), mad_only=False),
        codes.ACCRUED: AccountRule("4417", LIABILITY, _("Cooperatives: sold, not delivered")),
        codes.PAYABLE: AccountRule("4411", LIABILITY, _("Cooperatives: to be paid")),
        codes.ADVANCES: AccountRule("3411", ASSET, _("Cooperatives: advances to be paid back")),
        codes.VAT: AccountRule("4455", LIABILITY, _("VAT collected")),
        codes.STAMP_DUTY: AccountRule("4457", LIABILITY, _("Stamp duty to declare")),
        codes.COMMISSION: AccountRule("71271", INCOME, _("Office part")),
        codes.COLLECTION: AccountRule("71272", INCOME, _("Collection part")),
        codes.PACKING: AccountRule("71273", INCOME, _("Packing part")),
        codes.TRANSPORT: AccountRule("71274", INCOME, _("Transport part")),
        codes.PAYMENT: AccountRule("71275", INCOME, _("Payment part")),
        codes.DELIVERY: AccountRule("71276", INCOME, _("Delivery charged")),
        codes.DISCOUNTS: AccountRule("7129", EXPENSE, _("Discounts borne by the office")),
        codes.PROVIDER_FEES: AccountRule("6147", EXPENSE, _("Fees of the card provider")),
        codes.BANK_CHARGES: AccountRule("6147", EXPENSE, _("Charges of the bank")),
        codes.COURIER_FEES: AccountRule("6142", EXPENSE, _("Fees of couriers")),
        codes.DISPUTES_LOST: AccountRule("6585", EXPENSE, _("Disputes lost")),
        codes.PARCELS_LOST: AccountRule("6585", EXPENSE, _("Parcels lost on the way")),
        codes.ROUNDING: AccountRule("6588", EXPENSE, _("Rounding differences")),
        codes.CASH_ROUNDING: AccountRule("6588", EXPENSE, _("Rounded down for cash")),
        codes.STAMP_DUTY_BORNE: AccountRule("6167", EXPENSE, _("Stamp duty borne by the office")),
        codes.EXPORT_VAT: AccountRule("6167", EXPENSE, _("VAT on exports that were not proved")),
        codes.TRADING_EUR: AccountRule("6331", TRADING, _("Conversion of euros"), mad_only=False),
        codes.TRADING_USD: AccountRule("6331", TRADING, _("Conversion of dollars"), mad_only=False),
    }
)

SOURCES = MappingProxyType(
    {
        Source.SALE: pgettext_lazy("ledger", "Sale"),
        Source.REFUND: pgettext_lazy("ledger", "Refund"),
        Source.DELIVERY: pgettext_lazy("ledger", "Parcel delivered"),
        Source.LOSS: pgettext_lazy("ledger", "Parcel lost"),
        Source.ADVANCE: pgettext_lazy("ledger", "Advance"),
        Source.PAYOUT: pgettext_lazy("ledger", "Payout"),
        Source.PAYOUT_SETTLED: pgettext_lazy("ledger", "Payout that went through"),
        Source.BANK_CHARGE: pgettext_lazy("ledger", "Bank's charge"),
        Source.HELD: pgettext_lazy("ledger", "Money held"),
        Source.FEE: pgettext_lazy("ledger", "Provider's fee"),
        Source.DISPUTE: pgettext_lazy("ledger", "Dispute"),
        Source.REMITTANCE: pgettext_lazy("ledger", "Cash handed in"),
        Source.TRANSFER: pgettext_lazy("ledger", "Transfer received"),
        Source.SETTLEMENT: pgettext_lazy("ledger", "Provider's transfer"),
        Source.CONVERSION: pgettext_lazy("ledger", "Conversion"),
        Source.EXPORT_VAT: pgettext_lazy("ledger", "VAT of an export without proof"),
        Source.REVERSAL: pgettext_lazy("ledger", "Reversal"),
    }
)
"""What each kind of event is called on a page."""


class NotInChart(LookupError):
    """No account of this code, or none in this currency, may be opened."""

    def __init__(self, key: codes.AccountKey) -> None:
        self.key = key
        super().__init__(f"the chart has no account {key.code} in {key.currency}")


def rule_of(key: codes.AccountKey) -> AccountRule:
    """Return the chart's line for an account, or raise ``NotInChart``."""
    rule = CHART.get(key.code)
    if rule is None or (rule.mad_only and key.currency != MAD):
        raise NotInChart(key)
    if rule.kind == TRADING and key.currency not in (MAD, key.code.removeprefix("trading.").upper()):
        raise NotInChart(key)
    return rule


def plain_name(rule: AccountRule) -> str:
    """Return an account's name as its row keeps it, for who reads the tables."""
    with translation.override(None):
        return str(rule.name)
