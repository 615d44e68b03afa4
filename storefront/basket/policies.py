"""What changed in a basket since its prices were stored. No database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class PriceChange:
    """One product's price, before and now, in one currency and on one tax side. ``new`` is none when it has none."""

    title: str
    currency: str
    old: Decimal
    new: Decimal | None


def changed_price(line: Any, row: Any | None) -> PriceChange | None:
    """Compare what a line stored with its published row; amounts of two currencies are never compared."""
    old, new = line.price_incl_tax, row.price if row else None
    if old is None or old == new or (row and row.currency != line.price_currency):
        return None
    return PriceChange(line.product.title, line.price_currency, old, new)
