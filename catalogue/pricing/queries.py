"""Reading rates and price lists."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Max, Q, QuerySet

from catalogue.kernel.money import EUR, USD, ZERO
from catalogue.places.queries import closed_days

from . import fixing
from .models import ExchangeRate, OldRateApproval, PriceList, PriceListDraft, StampDuty, VatRate

FOREIGN_CURRENCIES = (EUR, USD)
TAX_SECONDS = 60
STAMP_DUTIES = "pricing.stamp_duties"


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


def accepted(currency: str) -> QuerySet[ExchangeRate]:
    return ExchangeRate.objects.filter(currency=currency, state=ExchangeRate.State.ACCEPTED)


def rate_beside(currency: str, day: date) -> ExchangeRate | None:
    """Return the accepted rate to compare a day's with: its own, else the last before it, else the first after."""
    before = accepted(currency).filter(day__lte=day).order_by("-day").first()
    return before or accepted(currency).order_by("day").first()


def in_force(day: date) -> list[ExchangeRate]:
    """Return each currency's last accepted rate fixed on a day or before it; none for a currency without one."""
    found = (accepted(currency).filter(day__lte=day).order_by("-day").first() for currency in FOREIGN_CURRENCIES)
    return [rate for rate in found if rate]


def rates_on(day: date) -> Rates:
    """Return the last accepted rates fixed on a day or before it, with the day of the newer one."""
    last = {rate.currency: rate for rate in in_force(day)}
    for currency in FOREIGN_CURRENCIES:
        if currency not in last:
            raise NoRates(f"{currency} {day}")
    return Rates(last[EUR].mad_per_unit, last[USD].mad_per_unit, max(rate.day for rate in last.values()))


def stale_rates(day: date) -> list[ExchangeRate]:
    """Return rates in force on a day that are too old to publish with and that nobody accepted for this day."""
    old = [rate for rate in in_force(day) if fixing.too_old(rate.day, day, closed_days())]
    approved = (
        set(OldRateApproval.objects.filter(rate__in=old, day=day).values_list("rate_id", flat=True)) if old else ()
    )
    return [rate for rate in old if rate.pk not in approved]


def waiting_rates() -> QuerySet[ExchangeRate]:
    """Return rates that wait for someone, the longest waiting first."""
    return ExchangeRate.objects.filter(state=ExchangeRate.State.WAITING).order_by("recorded_at", "pk")


def decided_rates() -> QuerySet[ExchangeRate]:
    """Return rates that someone decided, the last decision first."""
    return ExchangeRate.objects.filter(decided_at__isnull=False).order_by("-decided_at", "-pk")


def accepted_between(first: date, last: date) -> QuerySet[ExchangeRate]:
    """Return accepted rates of both currencies from the first day to the last one, oldest first."""
    accepted_rates = ExchangeRate.objects.filter(state=ExchangeRate.State.ACCEPTED, day__gte=first, day__lte=last)
    return accepted_rates.order_by("day", "currency")


@dataclass(frozen=True)
class Attention:
    """What about rates needs someone: how many wait, and currencies whose last one is too old or missing."""

    waiting: int
    too_old: tuple[str, ...]


def attention(today: date) -> Attention:
    """Look at all rates at once (one query, and the days off)."""
    accepted_by_now = Q(state=ExchangeRate.State.ACCEPTED, day__lte=today)
    found = ExchangeRate.objects.aggregate(
        waiting=Count("pk", filter=Q(state=ExchangeRate.State.WAITING)),
        **{currency: Max("day", filter=accepted_by_now & Q(currency=currency)) for currency in FOREIGN_CURRENCIES},
    )
    too_old = (
        currency
        for currency in FOREIGN_CURRENCIES
        if found[currency] is None or fixing.too_old(found[currency], today, closed_days())
    )
    return Attention(found["waiting"], tuple(too_old))


def last_list() -> PriceList | None:
    """Return the list published last: the one in force, or one that is still to start."""
    return PriceList.objects.filter(ends_at__isnull=True).first()


def rates_of(price_list: PriceList | PriceListDraft) -> Rates:
    """Return the rates that a list was, or would be, published with."""
    return Rates(price_list.eur_rate, price_list.usd_rate, price_list.rates_day)


@dataclass(frozen=True)
class RateOfList:
    """What one unit of a currency was worth in dirhams for a price list, when that was fixed, and by whom."""

    currency: str
    mad_per_unit: Decimal
    day: date
    source: str


def rates_with_sources(price_list: PriceList) -> list[RateOfList]:
    """Return the rates a list carries, each with who said it; one that was never accepted as such says no source."""
    rates, found = rates_of(price_list), []
    for currency in FOREIGN_CURRENCIES:
        accepted_then = ExchangeRate.objects.filter(
            state__in=(ExchangeRate.State.ACCEPTED, ExchangeRate.State.REPLACED),
            currency=currency,
            day__lte=price_list.rates_day,
            mad_per_unit=rates.of(currency),
        )
        rate = accepted_then.order_by("-day").first()
        found.append(RateOfList(currency, rates.of(currency), rates.day, rate.source if rate else ""))
    return found


def carriage_vat_pct(side: str, day: date) -> Decimal:
    """Return the rate of VAT within what a delivery costs: that of ``DELIVERY_VAT_CLASS`` on a tax side and a day.

    Nothing while no row says it. Read once a minute by a process.
    """
    cache, key = caches["local"], f"pricing.carriage.{side}.{day}"
    found = cache.get(key)
    if found is None:
        rows = VatRate.objects.on(day).filter(vat_class__code=settings.DELIVERY_VAT_CLASS, side=side, destination="")
        found = rows.values_list("rate_pct", flat=True).first() or ZERO
        cache.set(key, found, TAX_SECONDS)
    return found


def stamp_duty_on(day: date) -> StampDuty | None:
    """Return the duty on cash that holds on a day, from the local cache (one query a minute)."""
    found = caches["local"].get(STAMP_DUTIES)
    if found is None:
        found = tuple(StampDuty.objects.all())
        caches["local"].set(STAMP_DUTIES, found, TAX_SECONDS)
    return next((row for row in found if row.holds_on(day)), None)


def forget() -> None:
    """Read duties on cash again at the next question."""
    caches["local"].delete(STAMP_DUTIES)
