"""A product as a list shows it, and the words for whether it can be had."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.money import quantize
from catalogue.kernel.periods import local

FEW = 5
SMALL = 100  # grams or millilitres below which a price per kilogram says little


@dataclass(frozen=True)
class Availability:
    """``code`` is one of in_stock, last, later, sold_out, not_sent; only the first two can be bought."""

    code: str
    text: str

    @property
    def can_be_bought(self) -> bool:
        return self.code in ("in_stock", "last")


@dataclass(frozen=True)
class Card:
    product_id: int
    title: str
    url: str
    family_code: str
    variant: str
    sale_unit: str
    cooperative_name: str
    cooperative_url: str
    place: str
    price: Decimal
    currency: str
    price_per: str
    availability: Availability
    badges: tuple[str, ...]
    reduced: Decimal | None = None


@dataclass(frozen=True)
class Season:
    """First and last month on offer; may wrap the year. Both ``None``: all year."""

    first: int | None
    last: int | None

    def holds(self, month: int) -> bool:
        if self.first is None or self.last is None:
            return True
        if self.first <= self.last:
            return self.first <= month <= self.last
        return month >= self.first or month <= self.last


@lru_cache(maxsize=256)
def country_name(code: str, language: str) -> str:
    return str(Locale(language).territories.get(code, code))


def availability(
    *, on_offer: int, season: Season, unique: bool, refused: bool, destination: str, now: datetime
) -> Availability:
    """Say whether a product can be had for a destination, and if not, why."""
    language = (get_language() or "fr")[:2]
    if refused:
        return Availability(
            "not_sent", _("Not sent to: %(country)s") % {"country": country_name(destination, language)}
        )
    if on_offer <= 0:
        if season.first and not season.holds(local(now).month):
            month = formats.writing(language).months[season.first - 1]
            return Availability("later", _("Out of season, back in %(month)s") % {"month": month})
        return Availability("sold_out", _("Sold out"))
    if unique:
        return Availability("last", _("One of a kind"))
    if on_offer <= FEW:
        left = ngettext("Only %(count)s left", "Only %(count)s left", on_offer) % {"count": on_offer}
        return Availability("last", left)
    return Availability("in_stock", _("In stock"))


def price_per(price: Decimal, currency: str, net_value: Decimal, net_unit: str) -> str:
    """Write the price of a kilogram or a litre, of 100 g or 100 ml for small packs; nothing for pieces."""
    if net_unit not in ("g", "ml") or not net_value:
        return ""
    small = net_value < SMALL
    unit = {
        ("g", True): _("100 g"),
        ("g", False): _("kg"),
        ("ml", True): _("100 ml"),
        ("ml", False): _("litre"),
    }[net_unit, small]
    amount = quantize(price * (100 if small else 1000) / net_value)
    return f"{formats.money(amount, currency, get_language())} / {unit}"


def badges(labels: list[str]) -> tuple[str, ...]:
    """Name the labels a card has room for: the protected name's kind, organic."""
    kinds = {label.partition(":")[0] for label in labels}
    words = {"IGP": _("IGP"), "AOP": _("AOP"), "BIO": _("Organic")}
    return tuple(word for kind, word in words.items() if kind in kinds)


def product_url(slug: str, pk: int) -> str:
    return reverse("catalogue:detail", kwargs={"product_slug": slug, "pk": pk})
