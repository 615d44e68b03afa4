"""Where the shop delivers, how, for how much, and what it may not send there."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.money import MAD
from catalogue.kernel.periods import local
from catalogue.kernel.shopping import HOME_COUNTRY, side_of
from catalogue.places.models import Province
from catalogue.places.queries import closed_days
from catalogue.pricing.queries import carriage_vat_pct

from .models import DeliveryCountry, ExportRestriction, Tariff
from .policies import COLLECT, COUNTER, Delivery, Load, Promise, Terms, deliveries, promise

METHOD_NAMES = {
    "home": _("Delivery to the door"),
    "express": _("Express delivery to the door"),
    "relay": _("Collection at a pick-up point"),
    "post_economy": _("Post, economy"),
    "post_ems": _("Express post (EMS)"),
    "courier": _("International courier"),
    COLLECT: _("Collection in a solidarity shop"),
    COUNTER: _("Sold in a solidarity shop"),
}


class NotServed(Exception):
    """The shop does not deliver to this country."""


def destinations() -> list[str]:
    """Return the codes of the countries served, from the local cache: every page's header asks."""
    return list(_countries())


def is_served(destination: str) -> bool:
    return destination in _countries()


def _countries() -> dict[str, tuple[str, str, str]]:
    """Return zone, block and usual currency of each country served."""
    cache = caches["local"]
    found = cache.get("shipping.countries")
    if not found:
        rows = DeliveryCountry.objects.values_list("iso2", "zone__code", "block", "currency").order_by("iso2")
        found = {iso2: (zone or "", block, currency) for iso2, zone, block, currency in rows}
        cache.set("shipping.countries", found)
    return found


def forget() -> None:
    """Read the countries and their carriers again at the next question: after they were loaded."""
    caches["local"].delete_many(["shipping.countries", "shipping.carriers"])


def block_of(destination: str) -> str:
    """Return the customs block of a country served."""
    return _countries()[destination][1]


def currency_of(destination: str) -> str:
    """Return the currency first proposed in a country; dirhams at home and where we do not deliver."""
    return _countries()[destination][2] if destination != HOME_COUNTRY and is_served(destination) else MAD


def zone_of(destination: str, province: Province | None = None) -> str:
    """Return the code of the zone that serves an address; at home it follows the province. May be empty there."""
    if destination == HOME_COUNTRY:
        return province.zone_code if province else ""
    try:
        return _countries()[destination][0]
    except KeyError:
        raise NotServed(destination) from None


def methods_for(
    *,
    destination: str,
    zone_code: str,
    load: Load,
    goods_mad: Decimal,
    currency: str,
    mad_per_unit: Decimal,
    day: date,
) -> list[Delivery]:
    """Return the ways to send a load to a zone, cheapest first, priced in the order's currency."""
    return deliveries(
        tariffs_of(zone_code),
        load=load,
        goods_mad=goods_mad,
        destination=destination,
        currency=currency,
        mad_per_unit=mad_per_unit,
        vat_pct=carriage_vat_pct(side_of(destination), day),
    )


def tariffs_of(zone_code: str) -> list[Terms]:
    return [terms_of(tariff) for tariff in Tariff.objects.filter(zone__code=zone_code)]


def terms_of(tariff: Tariff) -> Terms:
    return Terms(
        method=tariff.method,
        weight_from_g=tariff.weight_from_g,
        weight_to_g=tariff.weight_to_g,
        price_mad=tariff.price_mad,
        days_from=tariff.lead_min_days,
        days_until=tariff.lead_max_days,
        cash_allowed=tariff.cod_allowed,
        cash_up_to_mad=tariff.cod_max_mad,
        divisor=tariff.volumetric_divisor,
        free_from_mad=tariff.free_from_mad,
        keeps_cold=tariff.cold_chain,
    )


def rules_for(destination: str) -> Mapping[str, str]:
    """Return what is not simply allowed in a country, by ship flag: ``block`` or ``review``, papers left aside."""
    if destination == HOME_COUNTRY or not is_served(destination):
        return {}
    rows = ExportRestriction.objects.filter(block=block_of(destination)).exclude(b2c=ExportRestriction.Rule.ALLOW)
    return dict(rows.values_list("ship_flag", "b2c"))


def promise_of(delivery: Delivery, now: datetime) -> Promise:
    """Return the days on which something ordered now may arrive by this delivery, or be fetched."""
    if delivery.pick_up:
        return delivery.pick_up.promised
    return promise(local(now), delivery.days_from, delivery.days_until, closed_days())
