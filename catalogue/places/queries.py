"""Reads of regions."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language

from .models import Region


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
