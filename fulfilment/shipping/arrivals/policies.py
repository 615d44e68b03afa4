"""What a country asks of a parcel, and what that comes to. Figures only, no database.

An estimate is a courtesy: it says "about", follows the country's standard VAT rate and enters no total.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO, quantize

PER_HEADING, SELLER_VAT = "per_heading", "seller_vat"
MANY_HEADINGS = 2
"""From so many headings on it is worth saying that fewer cost less."""


@dataclass(frozen=True)
class Terms:
    """A country's rule on one day, its block's row and its own laid together. Amounts are in ``currency``."""

    regime: str
    vat_pct: Decimal | None = None
    currency: str = ""
    value_limit: Decimal | None = None
    duty_per_heading: Decimal | None = None
    tax_waived_under: Decimal | None = None
    announces_food: bool = False
    seller_number: str = ""
    preferential_proof: str = ""


@dataclass(frozen=True)
class Content:
    """One line of a parcel as customs sees it: its tariff headings (several in a hamper) and what was paid for it."""

    headings: tuple[str, ...]
    amount: Decimal
    is_food: bool = False


@dataclass(frozen=True)
class Estimate:
    """What a carrier would ask, in the basket's currency."""

    currency: str
    headings: int
    duty: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        return self.duty + self.vat

    @property
    def has_many_headings(self) -> bool:
        return self.headings >= MANY_HEADINGS


@dataclass(frozen=True)
class Arrival:
    """What is to be said about one parcel. ``is_above_limit`` is None while the limit's currency has no rate here."""

    terms: Terms
    is_above_limit: bool | None = None
    estimate: Estimate | None = None
    holds_food: bool = False


def headings_of(parcel: Iterable[Content]) -> set[str]:
    """Return the different six-digit headings of a parcel."""
    return {heading[:6] for content in parcel for heading in content.headings if heading}


def value_in(amount: Decimal, currency: str, wanted: str, rates: Mapping[str, Decimal]) -> Decimal | None:
    """Turn an amount into another currency at a price list's rates (dirhams a unit), unrounded; None without a rate."""
    if currency == wanted:
        return amount
    if currency not in rates or wanted not in rates:
        return None
    return amount * rates[currency] / rates[wanted]


def arrival(terms: Terms, parcel: Sequence[Content], *, currency: str, rates: Mapping[str, Decimal]) -> Arrival:
    """Work out what is due on a parcel whose amounts are in ``currency``."""
    goods = sum((content.amount for content in parcel), ZERO)
    is_above = None
    if terms.value_limit is not None:
        value = value_in(goods, currency, terms.currency, rates)
        is_above = None if value is None else value > terms.value_limit
    return Arrival(
        terms=terms,
        is_above_limit=is_above,
        estimate=_estimate(terms, parcel, goods, currency, rates) if is_above is False else None,
        holds_food=any(content.is_food for content in parcel),
    )


def _estimate(
    terms: Terms, parcel: Sequence[Content], goods: Decimal, currency: str, rates: Mapping[str, Decimal]
) -> Estimate | None:
    """Duty for each heading, and VAT on goods and duty, each rounded to the cent once."""
    if terms.regime != PER_HEADING or terms.duty_per_heading is None or terms.vat_pct is None or not goods:
        return None
    headings = len(headings_of(parcel)) or 1
    exact = value_in(terms.duty_per_heading * headings, terms.currency, currency, rates)
    if exact is None:
        return None
    duty = quantize(exact)
    return Estimate(currency, headings, duty, quantize((goods + duty) * terms.vat_pct / 100))
