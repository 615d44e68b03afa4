"""Reads of shelves and products."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language

from .models import Category, Family, GeographicalIndication

STEP = Category.steplen


@dataclass(frozen=True)
class Shelf:
    """A category as pages need it, in one language."""

    pk: int
    code: str
    slug: str
    name: str
    description: str
    path: str
    family_code: str

    @property
    def url(self) -> str:
        return reverse("catalogue:category", kwargs={"category_slug": self.slug, "pk": self.pk})

    @property
    def is_top(self) -> bool:
        return len(self.path) == STEP

    def holds(self, other: "Shelf") -> bool:
        """Tell whether another shelf is this one or stands under it."""
        return other.path.startswith(self.path)


def shelves() -> dict[int, Shelf]:
    """Return every public category in the language in use, in the order of the tree, from the local cache."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    cache, key = caches["local"], f"products.shelves.{language}"
    found = cache.get(key)
    if found is None:
        families = list(Family.objects.order_by("pk").values_list("code", "category__path"))
        found = {
            category.pk: Shelf(
                pk=category.pk,
                code=category.code or "",
                slug=category.slug,
                name=category.name,
                description=category.description or "",
                path=category.path,
                family_code=next((code for code, path in families if path.startswith(category.path)), ""),
            )
            for category in Category.objects.filter(is_public=True, ancestors_are_public=True).order_by("path")
        }
        cache.set(key, found)
    return found


def top_categories() -> list[Shelf]:
    return [shelf for shelf in shelves().values() if shelf.is_top]


def children(parent: Shelf) -> list[Shelf]:
    """Return the shelves right under this one."""
    depth = len(parent.path) + STEP
    return [shelf for shelf in shelves().values() if parent.holds(shelf) and len(shelf.path) == depth]


def way_to(shelf: Shelf) -> list[Shelf]:
    """Return the shelves from the top down to this one."""
    return [other for other in shelves().values() if other.holds(shelf)]


def protected_names() -> dict[str, str]:
    """Return the protected names (IGP, AOP) by the label that products carry, in the language in use."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    cache, key = caches["local"], f"products.protected.{language}"
    found = cache.get(key)
    if found is None:
        found = {f"{mark.kind}:{mark.code}": mark.name for mark in GeographicalIndication.objects.all()}
        cache.set(key, found)
    return found
