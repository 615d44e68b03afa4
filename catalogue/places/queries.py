"""Reads of regions, communes and days off."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language

from .models import Commune, Holiday, Region

CLOSED_DAYS, CLOSED_SECONDS = "places.closed_days", 60
"""How long a process may go on with days off as it read them."""


@dataclass(frozen=True)
class RegionCard:
    """A region as pages need it, in one language."""

    pk: int
    slug: str
    name: str
    chief_town: str
    latitude: Decimal
    longitude: Decimal
    cooperatives: int

    @property
    def url(self) -> str:
        return reverse("shop:region", kwargs={"slug": self.slug})


def regions() -> dict[str, RegionCard]:
    """Return the twelve regions by slug, in the language in use, from the local cache."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    cache, key = caches["local"], f"places.regions.{language}"
    found = cache.get(key)
    if found is None:
        active = Count("provinces__cooperatives", filter=Q(provinces__cooperatives__is_active=True))
        found = {
            region.slug: RegionCard(
                region.pk,
                region.slug,
                region.name,
                region.chief_town,
                region.latitude,
                region.longitude,
                region.active,
            )
            for region in Region.objects.annotate(active=active).order_by("code")
        }
        cache.set(key, found)
    return found


def communes_of(province_id: int) -> list[Commune]:
    """Return the communes of a province in their order, from the local cache: each try at an address asks."""
    cache, key = caches["local"], f"places.communes.{province_id}"
    found: list[Commune] | None = cache.get(key)
    if found is None:
        found = list(Commune.objects.filter(province=province_id))
        cache.set(key, found)
    return found


def closed_days() -> frozenset[date]:
    """Return every day off that follows the moon or was decreed once, from the local cache (one query a minute)."""
    found = caches["local"].get(CLOSED_DAYS)
    if found is None:
        rows = Holiday.objects.values_list("first_day", "until")
        found = frozenset(
            first + timedelta(days=offset) for first, until in rows for offset in range((until - first).days)
        )
        caches["local"].set(CLOSED_DAYS, found, CLOSED_SECONDS)
    return found


def forget() -> None:
    """Read days off again at the next question."""
    caches["local"].delete(CLOSED_DAYS)
