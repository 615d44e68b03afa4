"""Reading a breakdown off a page, the way a script outside would; and discounts in figures."""

import re
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import quantize


@dataclass(frozen=True)
class Taken:
    """What an order's row, or a quote's, says of a discount."""

    amount: Decimal
    tax: Decimal
    cooperative_mad: Decimal = Decimal("0.00")
    name: str = ""
    stockrecord_id: int = 0


def tax_within(amount: Decimal, vat_pct: Decimal) -> Decimal:
    """Return the tax in an amount that includes it."""
    return quantize(amount * vat_pct / (100 + vat_pct))


def amounts(page: object) -> tuple[list[Decimal], Decimal]:
    """Return the parts and the last row of a page's ``<table data-breakdown>``."""
    html = page if isinstance(page, str) else page.content.decode()
    table = re.search(r"<table[^>]* data-breakdown>.*?</table>", html, re.DOTALL)
    *parts, total = [Decimal(amount) for amount in re.findall(r'<data value="(-?[0-9.]+)"', table[0])]
    return parts, total
