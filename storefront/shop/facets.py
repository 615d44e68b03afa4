"""The questions beside a list, a link and a count for each answer. No dead ends: answers with nothing are left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalogue.places.queries import regions
from catalogue.products.queries import Shelf, children, shelves, top_categories

from .census import Census
from .forms import SORTS, Wishes
from .reference import cooperatives

MOST_COOPERATIVES = 12


@dataclass(frozen=True)
class Option:
    label: str
    url: str
    count: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    title: str
    options: list[Option] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return any(option.chosen for option in self.options)


def facets(wishes: Wishes, census: Census, *, path: str, fixed: str, shelf: Shelf | None) -> list[Facet]:
    """Return the questions of a list, without the one that its address answers (``fixed``)."""
    found = [Facet(_("Category"), list(_shelves(wishes, census, path, shelf if fixed == "category" else None)))]
    if fixed not in ("region", "cooperative"):
        found.append(Facet(_("Region"), list(_regions(wishes, census, path))))
    if fixed != "cooperative":
        found.append(Facet(_("Cooperative"), list(_cooperatives(wishes, census, path))))
    return [facet for facet in found if facet.options]


def chips(wishes: Wishes, path: str) -> list[Option]:
    """Return what the list is narrowed to, each with the address that takes it away."""
    names = {
        "category": {shelf.code: shelf.name for shelf in shelves().values()},
        "region": {slug: region.name for slug, region in regions().items()},
        "cooperative": {slug: line.name for slug, line in cooperatives().items()},
    }
    asked = {name: getattr(wishes, name) for name in names}
    return [Option(names[name][value], path + wishes.address(**{name: ""})) for name, value in asked.items() if value]


def sorts(wishes: Wishes, path: str) -> list[Option]:
    first = [("", _("Best match"))] if wishes.q else []
    choices = [*first, *SORTS.items()]
    now = wishes.sort or choices[0][0]
    return [
        Option(str(label), path + wishes.address(sort="" if code == choices[0][0] else code), chosen=code == now)
        for code, label in choices
    ]


def _shelves(wishes: Wishes, census: Census, path: str, here: Shelf | None) -> Iterator[Option]:
    """On a category's own page the answers are its sub-categories' pages; elsewhere they narrow the list."""
    if here:
        for shelf in children(here):
            if census.shelves[shelf.pk]:
                yield Option(shelf.name, shelf.url + wishes.address(category=""), census.shelves[shelf.pk])
        return
    chosen = next((shelf for shelf in shelves().values() if shelf.code == wishes.category), None)
    for shelf in top_categories():
        if not census.shelves[shelf.pk] and shelf is not chosen:
            continue
        yield _answer(wishes, path, "category", shelf.code, shelf.name, census.shelves[shelf.pk])
        for child in children(shelf) if chosen and shelf.holds(chosen) else ():
            if census.shelves[child.pk]:
                yield _answer(wishes, path, "category", child.code, f"– {child.name}", census.shelves[child.pk])


def _regions(wishes: Wishes, census: Census, path: str) -> Iterator[Option]:
    for slug, region in regions().items():
        if census.regions[region.pk] or slug == wishes.region:
            yield _answer(wishes, path, "region", slug, region.name, census.regions[region.pk])


def _cooperatives(wishes: Wishes, census: Census, path: str) -> Iterator[Option]:
    lines = cooperatives()
    ranked = sorted(lines.values(), key=lambda line: (line.slug != wishes.cooperative, -census.cooperatives[line.pk]))
    shown = {line.slug for line in ranked[:MOST_COOPERATIVES]}
    for slug, line in lines.items():
        if slug in shown and (census.cooperatives[line.pk] or slug == wishes.cooperative):
            yield _answer(wishes, path, "cooperative", slug, line.name, census.cooperatives[line.pk])


def _answer(wishes: Wishes, path: str, name: str, value: str, label: str, count: int) -> Option:
    """Return a link that gives this answer, or takes it back when it is the one given."""
    chosen = getattr(wishes, name) == value
    return Option(label, path + wishes.address(**{name: "" if chosen else value}), count, chosen)
