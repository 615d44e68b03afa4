"""Reading rates and price lists."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from .models import ExchangeRate, PriceList, PriceListDraft


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


def last_list() -> PriceList | None:
    """Return the list published last: the one in force, or one that is still to start."""
    return PriceList.objects.filter(ends_at__isnull=True).first()


def rates_of(price_list: PriceList | PriceListDraft) -> Rates:
    """Return the rates that a list was, or would be, published with."""
    return Rates(price_list.eur_rate, price_list.usd_rate, price_list.rates_day)
