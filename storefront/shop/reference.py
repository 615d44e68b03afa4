"""Short lists that pages choose from, kept in the local cache, by language."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language

from catalogue.cooperatives.models import Partner


@dataclass(frozen=True)
class CooperativeLine:
    """A cooperative as lists name it."""

    pk: int
    slug: str
    name: str
    commune: str
    sector: str
    region_id: int
    is_womens: bool
    members: int

    @property
    def url(self) -> str:
        return reverse("shop:cooperative", kwargs={"slug": self.slug})


def cooperatives() -> dict[str, CooperativeLine]:
    """Return the active cooperatives by slug, in the language in use, sorted by name."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    cache, key = caches["local"], f"shop.cooperatives.{language}"
    found = cache.get(key)
    if found is None:
        rows = Partner.objects.filter(is_active=True).select_related("province")
        lines = [
            CooperativeLine(
                row.pk,
                row.slug,
                row.short_name,
                row.commune_name,
                row.sector_name,
                row.province.region_id,
                row.is_womens,
                row.members,
            )
            for row in rows
        ]
        found = {line.slug: line for line in sorted(lines, key=lambda line: line.name)}
        cache.set(key, found)
    return found
