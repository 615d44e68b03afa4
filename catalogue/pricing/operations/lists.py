"""Publishing price lists."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel import locks, periods
from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.shopping import SIDES

from .. import policies, queries
from ..models import Price, PriceList, VatClass

BATCH = 2000
SHOWN_PARTS = {"part_cooperative": "farm_gate"} | {
    f"part_{name}": name for name in ("collection", "packing", "transport", "payment", "office", "tax")
}


class TooEarly(Exception):
    """A list cannot start before, or with, the one that is in force."""


@transaction.atomic
def publish_opening_list(*, now: datetime, rates: queries.Rates | None = None) -> PriceList | None:
    """Publish the prices of every stock record, made from its public price and what its cooperative gets.

    Ends the list in force. Publishes nothing and returns ``None`` when the list in force says the same
    already (at ``rates``, by default the last ones). Two publishers wait for each other.
    """
    locks.advisory_lock("pricing.publish")
    rates = rates or queries.rates_on(periods.day_of(now))
    prices = list(_prices(rates))
    current = PriceList.objects.filter(ends_at__isnull=True).first()
    if current and _says_the_same(current, prices, rates):
        return None
    if current:
        if current.starts_at >= now:
            raise TooEarly(current.reference)
        current.ends_at = now
        current.save(update_fields=["ends_at"])
    return _publish("OPEN", prices, rates, starts_at=now, ends_at=None, published_at=now)


@transaction.atomic
def publish_past_list(*, starts_at: datetime, ends_at: datetime, now: datetime) -> PriceList:
    """Publish what today's stock records cost at the rates of a past day, for histories that begin before us."""
    locks.advisory_lock("pricing.publish")
    rates = queries.rates_on(periods.day_of(starts_at))
    return _publish("PAST", _prices(rates), rates, starts_at=starts_at, ends_at=ends_at, published_at=now)


def _publish(
    kind: str,
    prices: Iterable[Price],
    rates: queries.Rates,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    published_at: datetime,
) -> PriceList:
    price_list = PriceList.objects.create(
        reference=_reference(kind, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        published_at=published_at,
        eur_rate=rates.eur,
        usd_rate=rates.usd,
        rates_day=rates.day,
    )
    prices = list(prices)
    for price in prices:
        price.price_list = price_list
    Price.objects.bulk_create(prices, batch_size=BATCH)
    return price_list


def _reference(kind: str, starts_at: datetime) -> str:
    """Name a list by its day in the shop's zone and its number on that day."""
    name = f"{kind}-{periods.day_of(starts_at):%Y%m%d}"
    return f"{name}-{PriceList.objects.filter(reference__startswith=name).count() + 1:02d}"


def _prices(rates: queries.Rates) -> Iterator[Price]:
    """Yield a price for each stock record, currency and tax side."""
    vat = dict(VatClass.objects.values_list("code", "rate_pct"))
    records = StockRecord.objects.filter(price__isnull=False).order_by("pk")
    for pk, price_mad, farm_gate, vat_class in records.values_list(
        "pk", "price", "farm_gate_price", "product__vat_class"
    ):
        public = policies.PublicPrice(price_mad, farm_gate, vat[vat_class])
        for currency in CURRENCIES:
            for side in SIDES:
                parts = policies.opening_parts(public, currency=currency, side=side, rate=rates.of(currency))
                yield Price(
                    stockrecord_id=pk,
                    currency=currency,
                    side=side,
                    price=parts.price,
                    vat_class=vat_class,
                    vat_rate_pct=vat[vat_class] if side == "home" else Decimal(0),
                    farm_gate_mad=farm_gate,
                    **{field: getattr(parts, name) for field, name in SHOWN_PARTS.items()},
                )


COMPARED = ("stockrecord_id", "currency", "side", "price", "vat_class", "farm_gate_mad", *SHOWN_PARTS)


def _says_the_same(current: PriceList, prices: list[Price], rates: queries.Rates) -> bool:
    if queries.rates_of(current) != rates:
        return False
    published = set(current.prices.values_list(*COMPARED))
    return published == {tuple(getattr(price, name) for name in COMPARED) for price in prices}
