"""What a counter sale comes to, line by line, as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from catalogue.lots.models import Place
from fulfilment.collecting import operations
from fulfilment.orders.at_the_door import CashSum
from fulfilment.orders.policies import CASH
from fulfilment.shipping.policies import COUNTER

from .forms import ROWS, Row, pieces_of, rows_of


@dataclass
class Sale:
    """Lines with what is wrong with them, what is asked in cash, and the seal that selling wants back."""

    rows: list[Row]
    items: dict[int, int] = field(default_factory=dict)
    asked: CashSum | None = None
    seal: str = ""

    @property
    def can_be_sold(self) -> bool:
        return bool(self.items) and self.asked is not None and not any(row.problem for row in self.rows)

    @property
    def empty_rows(self) -> range:
        return range(max(1, ROWS - len(self.rows)))


def read_sale(place: Place, data: Mapping[str, Any], now: datetime) -> Sale:
    """Read the lines that were typed and work out what they come to now."""
    sale = Sale(rows_of(data) if data else [])
    for row in sale.rows:
        row.record, row.quantity = operations.look_up(place.pk, row.code, now), pieces_of(row.pieces)
        if row.record is None:
            row.problem = _("Nothing has this number.")
        elif not row.quantity:
            row.problem = _("Write how many pieces: 1 or more.")
        else:
            sale.items[row.record.pk] = sale.items.get(row.record.pk, 0) + row.quantity
    if sale.items:
        _price(sale, place, now)
    return sale


def _price(sale: Sale, place: Place, now: datetime) -> None:
    shown = operations.quote_at(place, sale.items, now)
    prices = {item.stockrecord_id: item.unit_price for item in shown.quote.items}
    for row in sale.rows:
        if row.record is None or not row.quantity:
            continue
        row.price = prices.get(row.record.pk)
        if row.price is None:
            row.problem = _("It has no price at the moment, or is not sold any more.")
    if not shown.quote.unpriced:
        sale.asked, sale.seal = shown.quote.asked(shown.quote.delivery(COUNTER), CASH), shown.fingerprint
