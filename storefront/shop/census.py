"""How many products stand behind each answer to each question of a list, counted in one statement."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Count, DecimalField, F, Func, IntegerField, Q, Value, When

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


class Group(NamedTuple):
    """Offers that are alike in all that is asked about, and how many they are."""

    on_shelves: list[int]
    region: int
    cooperative: int
    labels: list[str]
    of_women: bool
    best: bool
    sold_out: int
    refused: int
    bucket: int
    products: int


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
            self.market.annotated(self.market.offers(Choice(self.choice.product_ids).products()))
            .annotate(
                is_best=Case(When(pk__in=best, then=True), default=False),
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
                "sold_out",
                "refused",
                "bucket",
            )
            .annotate(products=Count("pk"))
            .order_by()
        )
        return map(Group._make, rows)

    @cached_property
    def wrong(self) -> list[tuple[str, Callable[[Group], bool]]]:
        """Return for each question that is asked how to tell that a group is not what was asked for."""
        choice, first, last = self.choice, *self._buckets()
        if choice.cooperative_id:
            tests = [("seller", lambda group: group.cooperative != choice.cooperative_id)]
        else:
            tests = [("seller", lambda group: not group.best)]
        asked: dict[str, tuple[bool, Callable[[Group], bool]]] = {
            "shelf": (bool(choice.shelf_ids), lambda group: choice.shelf_ids.isdisjoint(group.on_shelves)),
            "region": (bool(choice.region_id), lambda group: group.region != choice.region_id),
            "label": (bool(choice.quality), lambda group: choice.quality not in quality_of(group.labels)),
            "price": ((first, last) != (0, len(self.bounds)), lambda group: not first <= group.bucket <= last),
            "stock": (choice.in_stock, lambda group: bool(group.sold_out)),
            "women": (choice.of_women, lambda group: not group.of_women),
            "sent": (choice.sent_there, lambda group: bool(group.refused)),
        }
        return [*tests, *((question, test) for question, (is_asked, test) in asked.items() if is_asked)]

    def _buckets(self) -> tuple[int, int]:
        """Return the first and the last bucket that the visitor's own bounds take in."""
        low, high = self.choice.price_from, self.choice.price_to
        first = bisect_right(self.bounds, low) if low is not None else 0
        return first, self.bounds.index(high + CENT) if high is not None else len(self.bounds)


def take_census(market: Market, choice: Choice) -> Census:
    """Count in one query; each count leaves out the answer to its own question.

    A product of two sellers counts once, by the offer that is taken, unless a cooperative is asked for.
    """
    counting, census, above = Counting(market, choice), Census(), _shelves_above()
    standing: dict[tuple[int, ...], set[int]] = {}
    for group in counting.groups():
        missed = [question for question, is_wrong in counting.wrong if is_wrong(group)]
        if len(missed) > 1:
            continue
        place = tuple(group.on_shelves)
        if place not in standing:
            standing[place] = {pk for shelf in place for pk in above.get(shelf, ())}
        _add(census, group, missed[0] if missed else "", standing[place])
    buckets, census.prices = census.prices, Counter()
    for step in STEPS[market.shopping.currency]:
        last = counting.bounds.index(step + CENT)
        census.prices[step] = sum(count for bucket, count in buckets.items() if bucket <= last)
    return census


def _add(census: Census, group: Group, only: str, on_shelves: set[int]) -> None:
    """Count a group wherever the one question it misses, if any, is the one that is counted; prices by bucket."""
    count = group.products
    if not only:
        census.total += count
    if only in ("", "shelf"):
        for pk in on_shelves:
            census.shelves[pk] += count
    if only in ("", "region"):
        census.regions[group.region] += count
    if only in ("", "seller"):
        census.cooperatives[group.cooperative] += count
    if only in ("", "price"):
        census.any_price += count
        census.prices[group.bucket] += count
    _add_kinds(census, group, only)


def _add_kinds(census: Census, group: Group, only: str) -> None:
    """Count a group under what it may be called: of a quality, in stock, of women, sendable."""
    count = group.products
    if group.labels and only in ("", "label"):
        for quality in quality_of(group.labels):
            census.qualities[quality] += count
    if not group.sold_out and only in ("", "stock"):
        census.in_stock += count
    if group.of_women and only in ("", "women"):
        census.of_women += count
    if not group.refused and only in ("", "sent"):
        census.sent_there += count


def _shelves_above() -> dict[int, list[int]]:
    every: Any = shelves().values()
    return {shelf.pk: [other.pk for other in every if other.holds(shelf)] for shelf in every}
