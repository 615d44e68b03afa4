"""Lists of products: what is on offer to this visitor, how many of what, one page of cards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, CharField, Exists, F, Func, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from catalogue.kernel.shopping import Shopping
from catalogue.pricing.models import Price
from catalogue.search.queries import Found, search
from catalogue.shops.queries import lies_at
from storefront.offers.policies import Thing
from storefront.offers.prices import reduced

from . import cards
from .cards import Card, Season
from .census import Census, take_census
from .offers import ON_SHELVES, Choice, Market

PER_PAGE = 24
ROWS_PER_KIND = 20  # read to find one of each kind
NEWEST, CHEAPEST, DEAREST = "newest", "price", "-price"


@dataclass(frozen=True)
class Listing:
    """One page of a list. ``found`` is set when words were looked for."""

    page: Page
    census: Census
    found: Found | None = None


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of rows that were counted already, turned into cards as they are read."""

    def __init__(self, rows: QuerySet[Any], total: int, market: Market) -> None:
        super().__init__(rows, PER_PAGE)
        self.total, self.market = total, market

    @cached_property
    def count(self) -> int:
        return self.total

    def _get_page(self, rows: Iterable[Any], *args: Any, **kwargs: Any) -> Page:
        return Page(to_cards(rows, self.market), *args, **kwargs)


class PaginatorHere(CountedPaginator):
    """Pages of ``lying_at``: how many are left is what lies there."""

    def _get_page(self, rows: Iterable[Any], *args: Any, **kwargs: Any) -> Page:
        return super()._get_page([{**row, "on_offer": row["left_here"]} for row in rows], *args, **kwargs)


def browse(
    shopping: Shopping, language: str, *, choice: Choice, q: str = "", sort: str = "", page: str = "1", now: datetime
) -> Listing:
    """Return a page of the products that fit: three queries at most, one more abroad, besides reference data."""
    market, found = Market(shopping, now), search(q, language) if q else None
    if found is not None:
        choice = replace(choice, product_ids=found.product_ids)
    census = take_census(market, choice)
    rows = _in_order(_rows(market, language, choice.products()).filter(choice.offer()), sort, found)
    return Listing(CountedPaginator(rows, census.total, market).get_page(page), census, found)


def some(market: Market, language: str, where: Q, *, limit: int, one_per_family: bool = False) -> list[Card]:
    """Return the newest products that fit and can be had, for a row of cards; one query."""
    rows = _in_order(_rows(market, language, where).filter(on_offer__gt=0), NEWEST, None)
    if not one_per_family:
        return to_cards(rows[:limit], market)
    kinds: dict[str, Any] = {}
    for row in rows[: limit * ROWS_PER_KIND]:
        kinds.setdefault(row["family_code"], row)
    return to_cards(list(kinds.values())[:limit], market)


def lying_at(market: Market, language: str, place_id: int) -> tuple[QuerySet[Any], int]:
    """Return what lies in a shop today and nobody was promised, by name, and how many products that is (one query)."""
    here = lies_at(place_id, market.now)
    left = here.order_by().values("lot__stockrecord").annotate(left=Sum(F("on_hand") - F("held"))).values("left")
    rows = _rows(market, language, Q(Exists(here))).annotate(left_here=Coalesce(Subquery(left), 0))
    total = market.offers(Q(Exists(here))).values("stockrecord__product").distinct().count()
    return rows.order_by("title", "product_id"), total


def in_season(month: int) -> Q:
    """Products on offer for a part of the year that holds this month."""
    product = "stockrecord__product__season_"
    begun, lasting = Q(**{f"{product}from__lte": month}), Q(**{f"{product}until__gte": month})
    over_new_year = Q(**{f"{product}from__gt": F(f"{product}until")})
    return (begun & lasting) | (over_new_year & (begun | lasting))


def _rows(market: Market, language: str, where: Q) -> QuerySet[Any]:
    product, seller = "stockrecord__product__", "stockrecord__partner__"
    return market.annotated(Price.objects.filter(pk__in=market.best(where).values("pk"))).values(
        "price",
        "currency",
        "on_offer",
        "refused",
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
        labels=F(f"{product}labels"),
        season_from=F(f"{product}season_from"),
        season_until=F(f"{product}season_until"),
        unique_piece=F(f"{product}unique_piece"),
        place=translated(f"{product}origin__name", language),
        cooperative_name=translated(f"{seller}short_name", language),
        cooperative_slug=F(f"{seller}slug"),
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


def to_cards(rows: Iterable[Mapping[str, Any]], market: Market) -> list[Card]:
    return [_card(row, market) for row in rows]


def _card(row: Mapping[str, Any], market: Market) -> Card:
    thing = Thing(row["stockrecord_id"], row["product_id"], row["seller_id"], frozenset(row["on_shelves"]))
    left = reduced(thing, row["price"], market.now)
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
            refused=bool(row["refused"]),
            destination=market.shopping.destination,
            now=market.now,
        ),
        badges=cards.badges(row["labels"]),
        reduced=left,
    )
