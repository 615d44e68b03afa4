"""The questions beside a list, a link and a count for each answer. No dead ends: answers with nothing are left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.shopping import HOME_COUNTRY
from catalogue.places.queries import regions
from catalogue.products.queries import Shelf, children, shelves, top_categories

from .cards import country_name
from .census import STEPS, Census
from .forms import LABELS, SORTS, YES, Wishes
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
    """``form`` holds what a form of prices carries beside them; other questions have links alone."""

    title: str
    options: list[Option] = field(default_factory=list)
    form: dict[str, str] | None = None

    @property
    def is_answered(self) -> bool:
        return any(option.chosen for option in self.options)


def facets(
    wishes: Wishes, census: Census, *, path: str, fixed: str, shelf: Shelf | None, destination: str
) -> list[Facet]:
    """Return the questions of a list, without the one that its address answers (``fixed``)."""
    found = [
        Facet(_("Category"), list(_shelves(wishes, census, path, shelf if fixed == "category" else None))),
        Facet(_("Price"), list(_prices(wishes, census, path)), form=wishes.answers(price_from="", price_to="")),
        Facet(_("Only"), list(_toggles(wishes, census, path, destination))),
        Facet(_("Quality"), list(_labels(wishes, census, path))),
    ]
    if fixed not in ("region", "cooperative"):
        found.append(Facet(_("Region"), list(_regions(wishes, census, path))))
    if fixed != "cooperative":
        found.append(Facet(_("Cooperative"), list(_cooperatives(wishes, census, path))))
    return [facet for facet in found if facet.options or (facet.form is not None and census.any_price > 1)]


def chips(wishes: Wishes, path: str, destination: str) -> list[Option]:
    """Return what the list is narrowed to, each with the address that takes it away."""
    names = {
        "category": {shelf.code: shelf.name for shelf in shelves().values()},
        "region": {slug: region.name for slug, region in regions().items()},
        "cooperative": {slug: line.name for slug, line in cooperatives().items()},
        "label": {code: str(label) for code, label in LABELS.items()},
        **{name: {YES: words} for name, words in _toggle_words(destination).items()},
    }
    asked = {name: getattr(wishes, name) for name in names}
    found = [Option(names[name][value], path + wishes.address(**{name: ""})) for name, value in asked.items() if value]
    for name, words in (("price_from", _("From %(price)s")), ("price_to", _("Up to %(price)s"))):
        if value := getattr(wishes, name):
            found.append(Option(words % {"price": _money(value, wishes)}, path + wishes.address(**{name: ""})))
    return found


def _money(amount: str | int, wishes: Wishes) -> str:
    return formats.money(Decimal(amount), wishes.currency, get_language())


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


def _prices(wishes: Wishes, census: Census, path: str) -> Iterator[Option]:
    """Offer upper bounds that leave something out and add to the one before, and the one that was chosen."""
    before = 0
    for step in STEPS[wishes.currency]:
        count, chosen = census.prices[step], wishes.price_to == str(step) and not wishes.price_from
        if chosen or before < count < census.any_price:
            before = count
            url = path + wishes.address(price_from="", price_to="" if chosen else str(step))
            yield Option(_("Up to %(price)s") % {"price": _money(step, wishes)}, url, count, chosen)


def _toggle_words(destination: str) -> dict[str, str]:
    country = country_name(destination, (get_language() or "fr")[:2])
    return {
        "stock": _("In stock"),
        "women": _("Women's cooperative"),
        "sent": _("May be sent to: %(country)s") % {"country": country},
    }


def _toggles(wishes: Wishes, census: Census, path: str, destination: str) -> Iterator[Option]:
    counts = {"stock": census.in_stock, "women": census.of_women, "sent": census.sent_there}
    for name, words in _toggle_words(destination).items():
        if getattr(wishes, name) or (counts[name] and (name != "sent" or destination != HOME_COUNTRY)):
            yield _answer(wishes, path, name, YES, words, counts[name])


def _labels(wishes: Wishes, census: Census, path: str) -> Iterator[Option]:
    for code, words in LABELS.items():
        if census.qualities[code] or code == wishes.label:
            yield _answer(wishes, path, "label", code, str(words), census.qualities[code])


def _answer(wishes: Wishes, path: str, name: str, value: str, label: str, count: int) -> Option:
    """Return a link that gives this answer, or takes it back when it is the one given."""
    chosen = getattr(wishes, name) == value
    return Option(label, path + wishes.address(**{name: "" if chosen else value}), count, chosen)
