"""What the basket page says of each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfilment.orders.breakdown import Breakdown, Sold, break_down
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import flags_of, refusal

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
    rules = shipping.rules_for(basket.strategy.shopping.destination) if basket.pk else {}
    currency = basket.strategy.shopping.currency if basket.pk else basket.currency
    return [_view(line, rules, currency, language) for line in basket.all_lines()]


def _view(line: Any, rules: Any, currency: str, language: str) -> LineView:
    price = line.purchase_info.price
    unit = price.incl_tax if price.exists else None
    total = unit * line.quantity if unit is not None else None
    view = LineView(line, unit, total, row=price.row if price.exists else None)
    view.problem = why_not_sold(line, unit, currency) or _problem(line, rules)
    view.note = price_changed(line, unit, currency, language)
    return view


def _problem(line: Any, rules: Any) -> str:
    left = line.stockrecord.on_offer
    if left <= 0:
        return _("Sold out since you chose it. Please take it out.")
    if left < line.quantity:
        return ngettext("Only %(left)s is left.", "Only %(left)s are left.", left) % {"left": left}
    flag = refusal(flags_of(line.product.ship_flags, line.product.kind), rules)
    return shipping.refusal_text(flag) if flag else ""


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
