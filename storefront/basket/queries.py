"""What the basket page says of each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.kernel.shopping import Shopping
from fulfilment.orders.breakdown import Breakdown, Sold, break_down
from fulfilment.orders.queries import goods_of
from fulfilment.shipping.sending.queries import refusal_text, sending_rules

from .changes import price_changed, why_not_sold
from .models import Basket


@dataclass
class LineView:
    """A basket line ready for the page. ``problem`` keeps it from being ordered, ``note`` only tells."""

    line: Any
    unit_price: Decimal | None
    total: Decimal | None
    row: Any = None
    problem: str = ""
    note: str = ""
    form: Any = None


def lines_for_page(basket: Basket, language: str) -> list[LineView]:
    """Return every line with its price and whatever stands against ordering it."""
    if basket.pk is None:
        return []
    shopping = basket.strategy.shopping
    lines = list(basket.all_lines())
    rules = sending_rules(shopping.destination, now=timezone.now())
    flags = rules.refusals([goods_of(line.product, line.stockrecord.partner_id, line.quantity) for line in lines])
    refusals = [refusal_text(flag, rules.heaviest_g) if flag else "" for flag in flags]
    return [_view(line, refused, shopping.currency, language) for line, refused in zip(lines, refusals, strict=True)]


def _view(line: Any, refused: str, currency: str, language: str) -> LineView:
    price = line.purchase_info.price
    unit = price.incl_tax if price.exists else None
    total = unit * line.quantity if unit is not None else None
    view = LineView(line, unit, total, row=price.row if price.exists else None)
    view.problem = why_not_sold(line, unit, currency) or _problem(line) or refused
    view.note = price_changed(line, unit, currency, language)
    return view


def _problem(line: Any) -> str:
    left = line.stockrecord.on_offer
    if left <= 0:
        return _("Sold out since you chose it. Please take it out.")
    if left < line.quantity:
        return ngettext("Only %(left)s is left.", "Only %(left)s are left.", left) % {"left": left}
    return ""


def that_may_go(records: list[Any], product: Any, *, shopping: Shopping, now: datetime) -> list[Any]:
    """Return the sellers of a product that may send it there, or all of them when none may: the page then says why."""
    if len(records) < 2:
        return records
    rules = sending_rules(shopping.destination, now=now)
    return [record for record in records if not rules.refusal(goods_of(product, record.partner_id))] or records


def total(views: list[LineView]) -> Decimal:
    return sum((view.total for view in views if view.total is not None), Decimal("0.00"))


def breakdown(
    views: list[LineView], *, currency: str, mad_per_unit: Decimal = Decimal(1), discounts: Sequence[Any] = ()
) -> Breakdown:
    """Say where the money goes for everything that has a price, less what a quote's discounts take off it."""
    sold = [
        Sold(
            cooperative=view.line.stockrecord.partner.short_name,
            quantity=view.line.quantity,
            unit=view.row.parts,
            discounts=tuple(row for row in discounts if row.stockrecord_id == view.line.stockrecord_id),
        )
        for view in views
        if view.row is not None
    ]
    return break_down(sold, currency=currency, mad_per_unit=mad_per_unit)
