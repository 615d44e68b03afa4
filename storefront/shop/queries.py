"""Lists of products: what is on offer to this visitor, how many of what, one page of cards."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import Price
from catalogue.products.models import Product, ProductCategory
from catalogue.products.queries import shelves
from catalogue.search.queries import Found, search
from fulfilment.shipping.policies import flags_of, refusal
from fulfilment.shipping.queries import rules_for
from storefront.offers.policies import Thing
from storefront.offers.prices import reduced

from . import cards
from .cards import Card, Season

PER_PAGE = 24
ROWS_PER_KIND = 20  # read to find one of each kind
NEWEST, CHEAPEST, DEAREST = "newest", "price", "-price"
ON_OFFER = Coalesce(F("stockrecord__num_in_stock"), 0) - Coalesce(F("stockrecord__num_allocated"), 0)
SOLD_OUT = Case(When(on_offer__lte=0, then=1), default=0)
ON_SHELVES = ArraySubquery(
    ProductCategory.objects.filter(product=OuterRef("stockrecord__product"))
    .order_by("category_id")
    .values("category_id")
)
PUBLIC = Q(
    stockrecord__partner__is_active=True,
    stockrecord__product__is_public=True,
    stockrecord__product__status=Product.Status.PUBLISHED,
)


@dataclass(frozen=True)
class Choice:
    """What a list is narrowed to, by primary keys; ``shelf_ids`` are a category and all under it."""

    product_ids: list[int] | None = None
    shelf_ids: frozenset[int] = frozenset()
    region_id: int | None = None
    cooperative_id: int | None = None

    def where(self) -> Q:
        where = Q()
        if self.product_ids is not None:
            where &= Q(stockrecord__product__in=self.product_ids)
        if self.shelf_ids:
            on_shelf = ProductCategory.objects.filter(category__in=self.shelf_ids)
            where &= Q(Exists(on_shelf.filter(product=OuterRef("stockrecord__product"))))
        if self.region_id:
            where &= Q(stockrecord__product__origin__region=self.region_id)
        if self.cooperative_id:
            where &= Q(stockrecord__partner=self.cooperative_id)
        return where


@dataclass
class Census:
    """How many products there are in all and, for each question, behind each other answer to it."""

    total: int = 0
    shelves: Counter[int] = field(default_factory=Counter)
    regions: Counter[int] = field(default_factory=Counter)
    cooperatives: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Listing:
    """One page of a list. ``found`` is set when words were looked for."""

    page: Page
    census: Census
    found: Found | None = None


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of rows that were counted already, turned into cards as they are read."""

    def __init__(self, rows: QuerySet[Any], total: int, shopping: Shopping, now: datetime) -> None:
        super().__init__(rows, PER_PAGE)
        self.total, self.shopping, self.now = total, shopping, now

    @cached_property
    def count(self) -> int:
        return self.total

    def _get_page(self, rows: Iterable[Any], *args: Any, **kwargs: Any) -> Page:
        return Page(to_cards(rows, self.shopping, self.now), *args, **kwargs)


def browse(
    shopping: Shopping, language: str, *, choice: Choice, q: str = "", sort: str = "", page: str = "1", now: datetime
) -> Listing:
    """Return a page of the products that fit: three queries at most, besides reference data."""
    found = search(q, language) if q else None
    if found is not None:
        choice = Choice(found.product_ids, choice.shelf_ids, choice.region_id, choice.cooperative_id)
    census = take_census(shopping, choice, now)
    rows = _in_order(_rows(shopping, language, choice.where(), now), sort, found)
    return Listing(CountedPaginator(rows, census.total, shopping, now).get_page(page), census, found)


def some(
    shopping: Shopping, language: str, where: Q, *, limit: int, now: datetime, one_per_family: bool = False
) -> list[Card]:
    """Return the newest products that fit and can be had, for a row of cards; one query."""
    rows = _in_order(_rows(shopping, language, where, now).filter(on_offer__gt=0), NEWEST, None)
    if not one_per_family:
        return to_cards(rows[:limit], shopping, now)
    kinds: dict[str, Any] = {}
    for row in rows[: limit * ROWS_PER_KIND]:
        kinds.setdefault(row["family_code"], row)
    return to_cards(list(kinds.values())[:limit], shopping, now)


def in_season(month: int) -> Q:
    """Products on offer for a part of the year that holds this month."""
    product = "stockrecord__product__season_"
    begun, lasting = Q(**{f"{product}from__lte": month}), Q(**{f"{product}until__gte": month})
    over_new_year = Q(**{f"{product}from__gt": F(f"{product}until")})
    return (begun & lasting) | (over_new_year & (begun | lasting))


def take_census(shopping: Shopping, choice: Choice, now: datetime) -> Census:
    """Count by shelf, region and cooperative in one query; each count leaves out the answer to its own question.

    A product of two sellers counts once, by its best seller, unless a cooperative is asked for.
    """
    rows = (
        _offers(shopping, Choice(choice.product_ids).where(), now)
        .annotate(
            best=Case(When(pk__in=_best(shopping, Q(), now).values("pk"), then=True), default=False),
            on_shelves=ON_SHELVES,
        )
        .values_list("on_shelves", "stockrecord__product__origin__region", "stockrecord__partner", "best")
        .annotate(products=Count("pk"))
        .order_by()
    )
    census, above = Census(), _shelves_above()
    for on_shelves, region, cooperative, best, products in rows:
        stands_on = {pk for shelf in on_shelves for pk in above.get(shelf, ())}
        on_shelf = not choice.shelf_ids or not choice.shelf_ids.isdisjoint(on_shelves)
        in_region = not choice.region_id or choice.region_id == region
        by_seller = choice.cooperative_id == cooperative if choice.cooperative_id else best
        census.total += products * (on_shelf and in_region and by_seller)
        for pk in stands_on if in_region and by_seller else ():
            census.shelves[pk] += products
        census.regions[region] += products * (on_shelf and by_seller)
        census.cooperatives[cooperative] += products * (on_shelf and in_region)
    return census


def _shelves_above() -> dict[int, list[int]]:
    every = shelves().values()
    return {shelf.pk: [other.pk for other in every if other.holds(shelf)] for shelf in every}


def _offers(shopping: Shopping, where: Q, now: datetime) -> QuerySet[Any]:
    """Prices in force of what may be sold, with how many are left."""
    return current_prices(shopping, now).filter(PUBLIC & where).annotate(on_offer=ON_OFFER)


def _best(shopping: Shopping, where: Q, now: datetime) -> QuerySet[Any]:
    """Choose one seller a product, as the strategy does: in stock first, then cheapest, then oldest."""
    return (
        _offers(shopping, where, now)
        .annotate(sold_out=SOLD_OUT)
        .order_by("stockrecord__product_id", "sold_out", "price", "stockrecord_id")
        .distinct("stockrecord__product_id")
    )


def _rows(shopping: Shopping, language: str, where: Q, now: datetime) -> QuerySet[Any]:
    product, seller = "stockrecord__product__", "stockrecord__partner__"
    return (
        Price.objects.filter(pk__in=_best(shopping, where, now).values("pk"))
        .annotate(on_offer=ON_OFFER, sold_out=SOLD_OUT)
        .values(
            "price",
            "currency",
            "on_offer",
            "stockrecord_id",
            seller_id=F("stockrecord__partner"),
            on_shelves=ON_SHELVES,
            product_id=F("stockrecord__product"),
            offered_on=F(f"{product}first_offered_on"),
            title=translated(f"{product}title", language),
            slug=F(f"{product}slug"),
            family_code=F(f"{product}family__code"),
            variant=F(f"{product}variant"),
            sale_unit=F(f"{product}sale_unit"),
            net_value=F(f"{product}net_value"),
            net_unit=F(f"{product}net_unit"),
            kind=F(f"{product}kind"),
            labels=F(f"{product}labels"),
            ship_flags=F(f"{product}ship_flags"),
            season_from=F(f"{product}season_from"),
            season_until=F(f"{product}season_until"),
            unique_piece=F(f"{product}unique_piece"),
            place=translated(f"{product}origin__name", language),
            cooperative_name=translated(f"{seller}short_name", language),
            cooperative_slug=F(f"{seller}slug"),
        )
    )


def translated(path: str, language: str) -> Coalesce:
    """Return a translated column reached over relations, in another language where this one has no words."""
    languages = dict.fromkeys((language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES))
    columns = [NullIf(F(f"{path}_{code}"), Value("")) for code in languages]
    return Coalesce(*columns, Value(""), output_field=CharField())


def _in_order(rows: QuerySet[Any], sort: str, found: Found | None) -> QuerySet[Any]:
    """Sort rows; an unknown wish means the usual order. The last key is unique, so that pages never overlap."""
    if sort in (CHEAPEST, DEAREST):
        return rows.order_by(sort, "product_id")
    if found is not None and sort != NEWEST:
        place = Func(
            Value(found.product_ids, output_field=ArrayField(BigIntegerField())),
            F("product_id"),
            function="array_position",
        )
        return rows.order_by(place)
    return rows.order_by("sold_out", "-offered_on", "-product_id")


def to_cards(rows: Iterable[Mapping[str, Any]], shopping: Shopping, now: datetime) -> list[Card]:
    rules = rules_for(shopping.destination)
    return [_card(row, shopping, rules, now) for row in rows]


def _card(row: Mapping[str, Any], shopping: Shopping, rules: Mapping[str, str], now: datetime) -> Card:
    thing = Thing(row["stockrecord_id"], row["product_id"], row["seller_id"], frozenset(row["on_shelves"]))
    left = reduced(thing, row["price"], now)
    return Card(
        product_id=row["product_id"],
        title=row["title"],
        url=cards.product_url(row["slug"], row["product_id"]),
        family_code=row["family_code"],
        variant=row["variant"],
        sale_unit=row["sale_unit"],
        cooperative_name=row["cooperative_name"],
        cooperative_url=reverse("shop:cooperative", kwargs={"slug": row["cooperative_slug"]}),
        place=row["place"],
        price=row["price"],
        currency=row["currency"],
        price_per=cards.price_per(left or row["price"], row["currency"], row["net_value"], row["net_unit"]),
        availability=cards.availability(
            on_offer=row["on_offer"],
            season=Season(row["season_from"], row["season_until"]),
            unique=row["unique_piece"],
            refused=bool(refusal(flags_of(row["ship_flags"], row["kind"]), rules)),
            destination=shopping.destination,
            now=now,
        ),
        badges=cards.badges(row["labels"]),
        reduced=left,
    )
