"""Months and their journals as plain data. No database."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from fulfilment.ledger.policies import Source
from fulfilment.ledger.policies.accounts import BANK


class Journal(StrEnum):
    """The books that an accountant keeps; each entry of the ledger stands in exactly one."""

    SALES = "sales"
    PURCHASES = "purchases"
    BANK = "bank"
    OTHER = "other"


CODES = MappingProxyType({Journal.SALES: "VE", Journal.PURCHASES: "AC", Journal.BANK: "BQ", Journal.OTHER: "OD"})
"""What an accountant in Morocco calls them."""

KINDS: Mapping[Source, Journal] = MappingProxyType(
    {
        Source.SALE: Journal.SALES,
        Source.REFUND: Journal.SALES,
        Source.DELIVERY: Journal.PURCHASES,
        Source.LOSS: Journal.PURCHASES,
    }
)
"""By kind of event; a reversal stands where what it reverses does. Anything else goes by ``OF_BANK``."""

OF_BANK = BANK
"""An entry of any other kind that moves this account stands in the bank's journal, one that does not among the rest."""


HOLDING_QUEUE = "money"
HOLDING_TASKS = ("fulfilment.invoices.", "fulfilment.payments.read_remittance", "fulfilment.payments.book_remittance")
"""Jobs of this queue, or whose names begin so, change what a month says: none lies dead when it is signed."""


def fingerprint(figures: Mapping[str, Any]) -> str:
    """Return the sha256 of a month's figures, the same for the same figures wherever it is worked out."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month from that of ``first`` to that of ``last``, the latest first."""
    year, month = last.year, last.month
    while (year, month) >= (first.year, first.month):
        yield date(year, month, 1)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
