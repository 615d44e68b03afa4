"""The rules of a destination as they stand on a day, and the words for them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import caches
from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY
from fulfilment.shipping.models import ExportRestriction, SendingPermission, Tariff
from fulfilment.shipping.policies import Terms
from fulfilment.shipping.queries import block_of, is_served, terms_of, zone_of

from .policies import COLD_CHAIN, TOO_HEAVY, Carrier, SendingRules, carriers_of

EVERYONE = 0
"""Stands for no cooperative in particular where the database compares numbers."""

CACHE_KEY = "shipping.carriers"
REFUSALS = {
    "ANIMAL_ORIGIN_DAIRY": gettext_lazy("Dairy products may not be sent there."),
    "ANIMAL_ORIGIN_MEAT": gettext_lazy("Meat products may not be sent there."),
    "ANIMAL_ORIGIN_HONEY": gettext_lazy(
        "Honey may be sent there only by cooperatives on the country's list, and this one is not on it."
    ),
    "ANIMAL_ORIGIN_FISH": gettext_lazy(
        "Fish may be sent there only by listed establishments, and this cooperative is not one."
    ),
    "OLIVE_EXPORT_LICENCE_CHECK": gettext_lazy(
        "Olive products need an export licence, and this cooperative has none at the moment."
    ),
    "FLAMMABLE_AIR": gettext_lazy("It may not travel by air: it can catch fire."),
    "ANY_FOOD": gettext_lazy(
        "Food sent there must be announced to the authorities by a registered maker, and this cooperative is not one."
    ),
    COLD_CHAIN: gettext_lazy("It must stay cold on the way, and no delivery there keeps it cold."),
}


def in_force(day: date) -> Q:
    """Dated rows that hold on a day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


def sending_rules(
    destination: str, *, now: datetime, zone_code: str = "", tariffs: Iterable[Terms] | None = None
) -> SendingRules:
    """Return what decides about a destination now: one query abroad, none at home.

    Pages take what carriers take from the local cache; placing hands in the ``tariffs`` it has just read.
    """
    abroad = destination != HOME_COUNTRY and is_served(destination)
    zone = zone_code or (zone_of(destination) if abroad else HOME_COUNTRY)
    carriers = carriers_of(tariffs) if tariffs is not None else _carriers().get(zone, ())
    if not abroad:
        return SendingRules(carriers=carriers)
    rows = list(_restrictions(block_of(destination), day_of(now)))
    return SendingRules(
        flags={row.ship_flag: row.b2c for row in rows},
        listed={row.ship_flag: frozenset(pk or None for pk in row.listed) for row in rows if row.listed},
        carriers=carriers,
    )


def _restrictions(block: str, day: date) -> QuerySet[ExportRestriction]:
    papers = SendingPermission.objects.filter(
        in_force(day), block=OuterRef("block"), ship_flag=OuterRef("ship_flag")
    ).order_by("pk")
    who = papers.annotate(who=Coalesce("cooperative_id", Value(EVERYONE))).values("who")
    return ExportRestriction.objects.filter(block=block).exclude(b2c="allow").annotate(listed=ArraySubquery(who))


def _carriers() -> dict[str, tuple[Carrier, ...]]:
    """Return what carriers take by zone; under Morocco's own code, what they take somewhere in Morocco."""
    cache = caches["local"]
    found: dict[str, tuple[Carrier, ...]] | None = cache.get(CACHE_KEY)
    if found is None:
        zones: dict[str, list[Terms]] = {}
        for tariff in Tariff.objects.select_related("zone"):
            zones.setdefault(tariff.zone.code, []).append(terms_of(tariff))
            if tariff.zone.scope == "domestic":
                zones.setdefault(HOME_COUNTRY, []).append(terms_of(tariff))
        found = {code: carriers_of(tariffs) for code, tariffs in zones.items()}
        cache.set(CACHE_KEY, found)
    return found


def refusal_text(flag: str, heaviest_g: int = 0) -> str:
    """Say in the page's language why a product may not go."""
    if flag == TOO_HEAVY:
        weight = formats.weight(heaviest_g, get_language())
        return _("Too heavy for one parcel there, which may weigh at most %(weight)s.") % {"weight": weight}
    return str(REFUSALS.get(flag, _("This product may not be sent there.")))
