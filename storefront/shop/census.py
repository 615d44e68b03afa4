"""How many products stand behind each answer to each question of a list, counted in one statement."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Case, Count, DecimalField, F, Func, IntegerField, Q, Value, When

from catalogue.kernel.money import CENT, EUR, MAD, USD
from catalogue.products.queries import shelves

from .offers import ON_SHELVES, Choice, Market, quality_of

STEPS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {MAD: (50, 100, 200, 500), EUR: (5, 10, 20, 50), USD: (5, 10, 20, 50)}
)
"""Round upper bounds of the price question, each currency's own: they are read beside prices, never converted."""


@dataclass
class Census:
    """How many products there are in all and, for each question, behind each other answer to it.

    ``prices`` counts by upper bound: so many cost that much at most, of ``any_price`` in all.
    """

    total: int = 0
    shelves: Counter[int] = field(default_factory=Counter)
    regions: Counter[int] = field(default_factory=Counter)
    cooperatives: Counter[int] = field(default_factory=Counter)
    qualities: Counter[str] = field(default_factory=Counter)
    prices: Counter[int] = field(default_factory=Counter)
    any_price: int = 0
    in_stock: int = 0
    of_women: int = 0
    sent_there: int = 0


@dataclass(frozen=True)
class Group:
    """Offers that are alike in all that is asked about, and how many they are."""

    on_shelves: list[int]
    region: int
    cooperative: int
    labels: list[str]
    of_women: bool
    best: bool
    in_stock: bool
    sent_there: bool
    bucket: int
    count: int


@dataclass(frozen=True)
class Counting:
    """One count: what is asked, in which currency, with which bounds of price."""

    market: Market
    choice: Choice

    @cached_property
    def bounds(self) -> list[Decimal]:
        """Return the prices from which another answer, or the visitor's own wish, begins to be true or false."""
        bounds = {step + CENT for step in STEPS[self.market.shopping.currency]}
        if self.choice.price_from is not None:
            bounds.add(self.choice.price_from)
        if self.choice.price_to is not None:
            bounds.add(self.choice.price_to + CENT)
        return sorted(bounds)

    def groups(self) -> Iterator[Group]:
        best = self.market.best(Q()).values("pk")
        rows = (
            self.market.offers(Choice(self.choice.product_ids).products())
            .annotate(
                is_best=Case(When(pk__in=best, then=True), default=False),
                in_stock=Case(When(on_offer__gt=0, then=True), default=False),
                sent_there=Case(When(refused=0, then=True), default=False, output_field=BooleanField()),
                bucket=Func(
                    F("price"),
                    Value(self.bounds, output_field=ArrayField(DecimalField(max_digits=12, decimal_places=2))),
                    function="width_bucket",
                    output_field=IntegerField(),
                ),
                on_shelves=ON_SHELVES,
            )
            .values_list(
                "on_shelves",
                "stockrecord__product__origin__region",
                "stockrecord__partner",
                "stockrecord__product__labels",
                "stockrecord__partner__is_womens",
                "is_best",
                "in_stock",
                "sent_there",
                "bucket",
            )
            .annotate(products=Count("pk"))
            .order_by()
        )
        return (Group(*row) for row in rows)

    def missed(self, group: Group) -> list[str]:
        """Name the questions to which a group is not what was asked for."""
        choice = self.choice
        wrong = {
            "shelf": bool(choice.shelf_ids) and choice.shelf_ids.isdisjoint(group.on_shelves),
            "region": bool(choice.region_id) and choice.region_id != group.region,
            "seller": choice.cooperative_id != group.cooperative if choice.cooperative_id else not group.best,
            "label": bool(choice.quality) and choice.quality not in quality_of(group.labels),
            "price": not self._first <= group.bucket <= self._last,
            "stock": choice.in_stock and not group.in_stock,
            "women": choice.of_women and not group.of_women,
            "sent": choice.sent_there and not group.sent_there,
        }
        return [question for question, is_wrong in wrong.items() if is_wrong]

    @cached_property
    def _first(self) -> int:
        return bisect_right(self.bounds, self.choice.price_from) if self.choice.price_from is not None else 0

    @cached_property
    def _last(self) -> int:
        if self.choice.price_to is None:
            return len(self.bounds)
        return self.bounds.index(self.choice.price_to + CENT)


def take_census(market: Market, choice: Choice) -> Census:
    """Count in one query; each count leaves out the answer to its own question.

    A product of two sellers counts once, by the offer that is taken, unless a cooperative is asked for.
    """
    counting, census, above = Counting(market, choice), Census(), _shelves_above()
    steps = STEPS[market.shopping.currency]
    ends = {step: counting.bounds.index(step + CENT) for step in steps}
    for group in counting.groups():
        missed = counting.missed(group)
        if len(missed) > 1:
            continue
        only = missed[0] if missed else ""
        _add(census, group, only, above)
        if only in ("", "price"):
            census.any_price += group.count
            census.prices.update({step: group.count for step in steps if group.bucket <= ends[step]})
    return census


def _add(census: Census, group: Group, only: str, above: Mapping[int, list[int]]) -> None:
    """Count a group wherever the one question it misses, if any, is the one that is counted."""
    count = group.count
    census.total += count if not only else 0
    if only in ("", "shelf"):
        for pk in {pk for shelf in group.on_shelves for pk in above.get(shelf, ())}:
            census.shelves[pk] += count
    if only in ("", "region"):
        census.regions[group.region] += count
    if only in ("", "seller"):
        census.cooperatives[group.cooperative] += count
    if only in ("", "label"):
        for quality in quality_of(group.labels):
            census.qualities[quality] += count
    census.in_stock += count if only in ("", "stock") and group.in_stock else 0
    census.of_women += count if only in ("", "women") and group.of_women else 0
    census.sent_there += count if only in ("", "sent") and group.sent_there else 0


def _shelves_above() -> dict[int, list[int]]:
    every: Any = shelves().values()
    return {shelf.pk: [other.pk for other in every if other.holds(shelf)] for shelf in every}
