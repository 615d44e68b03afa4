"""Reading a breakdown off a page, the way a script outside would."""

import re
from decimal import Decimal


def amounts(page: object) -> tuple[list[Decimal], Decimal]:
    """Return the parts and the last row of a page's ``<table data-breakdown>``."""
    html = page if isinstance(page, str) else page.content.decode()
    table = re.search(r"<table[^>]* data-breakdown>.*?</table>", html, re.DOTALL)
    *parts, total = [Decimal(amount) for amount in re.findall(r'<data value="(-?[0-9.]+)"', table[0])]
    return parts, total
