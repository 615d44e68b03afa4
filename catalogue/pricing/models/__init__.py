"""What things cost: rates, VAT classes, and published price lists that never change afterwards."""

from .lists import Price, PriceList, Side, TimeRange
from .rates import Currency, ExchangeRate, OldRateApproval
from .taxes import VatClass

__all__ = ["Currency", "ExchangeRate", "OldRateApproval", "Price", "PriceList", "Side", "TimeRange", "VatClass"]
