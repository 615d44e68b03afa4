"""Reading rates and price lists."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from .models import ExchangeRate, PriceList


@dataclass(frozen=True)
class Rates:
    """Dirhams for one unit of each currency, on the day they were last fixed."""

    eur: Decimal
    usd: Decimal
    day: date

    def of(self, currency: str) -> Decimal:
        return {"MAD": Decimal(1), "EUR": self.eur, "USD": self.usd}[currency]


class NoRates(Exception):
    """No exchange rate is known on or before this day."""


class NoPriceList(Exception):
    """No price list is in force."""


def current_list(now: datetime) -> PriceList:
    """Return the list in force at an instant, or raise ``NoPriceList``."""
    found = PriceList.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now).first()
    if found is None:
        raise NoPriceList(now)
    return found


def rates_on(day: date) -> Rates:
    """Return the last rates fixed on a day or before it, those of both currencies on the same day."""
    last: dict[str, ExchangeRate] = {}
    for currency in ("EUR", "USD"):
        rate = ExchangeRate.objects.filter(currency=currency, day__lte=day).order_by("-day").first()
        if rate is None:
            raise NoRates(f"{currency} {day}")
        last[currency] = rate
    return Rates(last["EUR"].mad_per_unit, last["USD"].mad_per_unit, max(rate.day for rate in last.values()))


def rates_of(price_list: PriceList) -> Rates:
    """Return the rates that a list was published with."""
    return Rates(price_list.eur_rate, price_list.usd_rate, price_list.rates_day)


@dataclass(frozen=True)
class RateOfList:
    """What one unit of a currency was worth in dirhams for a price list, when that was fixed, and by whom."""

    currency: str
    mad_per_unit: Decimal
    day: date
    source: str


def rates_with_sources(price_list: PriceList) -> list[RateOfList]:
    """Return the rates a list carries. One that was never fixed as such says no source."""
    rates, found = rates_of(price_list), []
    for currency in ("EUR", "USD"):
        fixed = ExchangeRate.objects.filter(
            currency=currency, day__lte=price_list.rates_day, mad_per_unit=rates.of(currency)
        )
        rate = fixed.order_by("-day").first()
        found.append(RateOfList(currency, rates.of(currency), rates.day, rate.source if rate else ""))
    return found
