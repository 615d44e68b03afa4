"""What things cost: rates, fees, taxes, and published price lists that never change afterwards."""

from .dated import Dated
from .drafts import DraftPrice, PriceListDraft
from .lists import Price, PriceList, Source, TimeRange
from .rates import Currency, ExchangeRate, OldRateApproval
from .schedules import Fee
from .taxes import CooperativeTaxStatus, Seller, SellerOfRecord, Side, StampDuty, TaxStatus, VatClass, VatRate

__all__ = [
    "CooperativeTaxStatus",
    "Currency",
    "Dated",
    "DraftPrice",
    "ExchangeRate",
    "Fee",
    "OldRateApproval",
    "Price",
    "PriceList",
    "PriceListDraft",
    "Seller",
    "SellerOfRecord",
    "Side",
    "Source",
    "StampDuty",
    "TaxStatus",
    "TimeRange",
    "VatClass",
    "VatRate",
]
