"""What a basket left for days has to tell: prices that moved, goods that went."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.kernel import formats
from catalogue.pricing.models import Currency

from .policies import PriceChange


def why_not_sold(line: Any, unit: Decimal | None, currency: str) -> str:
    """Say what keeps a line from being sold at all, whoever wants it and wherever it goes; nothing if it is sold."""
    if not line.product.is_offered:
        return _("This product is no longer offered. Please take it out.")
    if not line.stockrecord.partner.is_active:
        return _("The cooperative that makes it is not selling at the moment. Please take it out.")
    if unit is None:
        return _("This product has no price in %(currency)s. Choose another currency, or take it out.") % {
            "currency": Currency(currency).label
        }
    return ""


def price_changed(line: Any, unit: Decimal | None, currency: str, language: str) -> str:
    """Say from what to what a line's price moved; nothing when it did not, or was stored in another currency."""
    stored = line.price_incl_tax
    if unit is None or stored is None or stored == unit or line.price_currency != currency:
        return ""
    return _("The price has changed from %(old)s to %(new)s since you chose it.") % {
        "old": formats.money(stored, currency, language),
        "new": formats.money(unit, currency, language),
    }


@dataclass(frozen=True)
class Summary:
    """How many lines changed, for the top of the page; the lines themselves say how."""

    dearer: int = 0
    cheaper: int = 0
    stopped: int = 0

    def __bool__(self) -> bool:
        return bool(self.dearer or self.cheaper or self.stopped)

    @property
    def prices(self) -> int:
        return self.dearer + self.cheaper

    @property
    def sentences(self) -> list[str]:
        counted = (
            (self.dearer, ngettext("%(n)s product costs more.", "%(n)s products cost more.", self.dearer)),
            (self.cheaper, ngettext("%(n)s product costs less.", "%(n)s products cost less.", self.cheaper)),
            (
                self.stopped,
                ngettext(
                    "%(n)s product cannot be ordered like this: see why below.",
                    "%(n)s products cannot be ordered like this: see why below.",
                    self.stopped,
                ),
            ),
        )
        return [text % {"n": number} for number, text in counted if number]


def summary_of(views: Iterable[Any]) -> Summary:
    """Count what the lines of a page (``queries.LineView``) have to tell."""
    views = list(views)
    moved = [view for view in views if view.note]
    dearer = sum(view.unit_price > view.line.price_incl_tax for view in moved)
    return Summary(dearer, len(moved) - dearer, sum(bool(view.problem) for view in views))


def tell(request: HttpRequest, changes: Iterable[PriceChange], language: str) -> None:
    """Say once, on the next page, which prices an addition, a sign-in or a new quantity brought up to date."""
    for change in changes:
        if change.new is None:
            continue  # the page itself names what has no price, until it is taken out
        text = _("The price of “%(title)s” has changed from %(old)s to %(new)s.") % {
            "title": change.title,
            "old": formats.money(change.old, change.currency, language),
            "new": formats.money(change.new, change.currency, language),
        }
        messages.info(request, text)
