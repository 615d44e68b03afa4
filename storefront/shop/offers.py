"""What cooperatives offer this visitor: which of it is public, whose offer is taken, what a list is narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Contains, LessThanOrEqual

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.shopping import Shopping
from catalogue.products.models import Product, ProductCategory
from fulfilment.shipping.policies import ANY_FOOD, FOOD_KINDS
from fulfilment.shipping.sending.policies import REVIEW, Carrier, SendingRules
from fulfilment.shipping.sending.queries import sending_rules

ON_OFFER = Coalesce(F("stockrecord__num_in_stock"), 0) - Coalesce(F("stockrecord__num_allocated"), 0)
ON_SHELVES = ArraySubquery(
    ProductCategory.objects.filter(product=OuterRef("stockrecord__product"))
    .order_by("category_id")
    .values("category_id")
)
SOLD_OUT = Case(When(on_offer__lte=0, then=1), default=0)
PUBLIC = Q(
    stockrecord__partner__is_active=True,
    stockrecord__product__is_public=True,
    stockrecord__product__status=Product.Status.PUBLISHED,
)
QUALITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"organic": ("BIO",), "protected": ("IGP", "AOP"), "fair": ("FAIR",)}
)
PRODUCT, SELLER = "stockrecord__product__", "stockrecord__partner"


@dataclass(frozen=True)
class Market:
    """How someone shops at a moment: currency, destination, and the sending rules of that destination."""

    shopping: Shopping
    now: datetime

    @cached_property
    def rules(self) -> SendingRules:
        return sending_rules(self.shopping.destination, now=self.now)

    def offers(self, where: Q) -> QuerySet[Any]:
        """Return prices in force of what may be sold; ``annotated`` or ``best`` say more of them."""
        return current_prices(self.shopping, self.now).filter(PUBLIC & where)

    def annotated(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Say of each offer how many are left and whether it is sold out or refused there (0 or 1)."""
        return rows.annotate(on_offer=ON_OFFER, sold_out=SOLD_OUT, refused=self._refused())

    def _refused(self) -> Case | Value:
        refused = not_sent(self.rules)
        return Case(When(refused, then=1), default=0) if refused else Value(0, output_field=IntegerField())

    def best(self, where: Q) -> QuerySet[Any]:
        """Choose one seller a product: whose offer may go there, in stock first, then cheapest, then oldest."""
        rows, by_seller = self.offers(where).annotate(on_offer=ON_OFFER, sold_out=SOLD_OUT), []
        if self.rules.listed:  # without papers no two sellers differ in it
            rows, by_seller = rows.annotate(refused=self._refused()), ["refused"]
        keys = (f"{PRODUCT[:-2]}_id", *by_seller, "sold_out", "price", "stockrecord_id")
        return rows.order_by(*keys).distinct(keys[0])


def not_sent(rules: SendingRules) -> Q | None:
    """Return the condition under which an offer may not go: ``SendingRules.refusal`` in the database's words."""
    blocked = [flag for flag in rules.flags if not rules.listed.get(flag)]
    refused = _falls_under(blocked) if blocked else None
    for flag, sellers in rules.listed.items():
        if rules.flags[flag] == REVIEW and None not in sellers:
            under = _falls_under([flag]) & ~Q(**{f"{SELLER}__in": sorted(pk for pk in sellers if pk)})
            refused = under if refused is None else refused | under
        elif rules.flags[flag] != REVIEW:
            refused = _falls_under([flag]) if refused is None else refused | _falls_under([flag])
    if rules.carriers:
        nobody = ~_any(rules.carriers)
        refused = nobody if refused is None else refused | nobody
    return refused


def _falls_under(flags: list[str]) -> Q:
    where = Q(**{f"{PRODUCT}ship_flags__overlap": flags})
    return where | Q(**{f"{PRODUCT}kind__in": FOOD_KINDS}) if ANY_FOOD in flags else where


def _any(carriers: tuple[Carrier, ...]) -> Q:
    """Return the condition under which one piece of a product is taken by a carrier."""
    room = F(f"{PRODUCT}length_cm") * F(f"{PRODUCT}width_cm") * F(f"{PRODUCT}height_cm")
    taken = Q(pk__in=[])
    for carrier in carriers:
        largest = Value(Decimal(carrier.max_g * carrier.divisor) / 1000)
        fits = Q(**{f"{PRODUCT}gross_weight_g__lte": carrier.max_g}) & Q(LessThanOrEqual(room, largest))
        taken |= fits if carrier.keeps_cold else fits & Q(**{f"{PRODUCT}cold_chain": False})
    return taken


def quality_of(labels: list[str]) -> set[str]:
    """Return the answers to the question of quality that a product's labels give."""
    kinds = {label.partition(":")[0] for label in labels}
    return {quality for quality, wanted in QUALITIES.items() if not kinds.isdisjoint(wanted)}


def _of_quality(quality: str) -> Q:
    """Return ``quality_of`` in the database's words: a label is a kind, or a kind, a colon and a name."""
    labels = Func(F(f"{PRODUCT}labels"), Value(","), function="array_to_string", output_field=CharField())
    where = Q(**{f"{PRODUCT}labels__overlap": list(QUALITIES[quality])})
    for kind in QUALITIES[quality]:
        where |= Q(Contains(labels, f"{kind}:"))
    return where


@dataclass(frozen=True)
class Choice:
    """What a list is narrowed to: by what a product is (primary keys, labels) and by the offer that is taken.

    ``shelf_ids`` are a category and all under it; ``quality`` is one of ``QUALITIES``.
    """

    product_ids: list[int] | None = None
    shelf_ids: frozenset[int] = frozenset()
    region_id: int | None = None
    cooperative_id: int | None = None
    quality: str = ""
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    in_stock: bool = False
    of_women: bool = False
    sent_there: bool = False

    def products(self) -> Q:
        """Return what is asked of the product and, when one is named, of its seller."""
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
        if self.quality:
            where &= _of_quality(self.quality)
        return where

    def offer(self) -> Q:
        """Return what is asked of the one offer of a product that is taken."""
        where = Q()
        if self.price_from is not None:
            where &= Q(price__gte=self.price_from)
        if self.price_to is not None:
            where &= Q(price__lte=self.price_to)
        if self.in_stock:
            where &= Q(on_offer__gt=0)
        if self.of_women:
            where &= Q(stockrecord__partner__is_womens=True)
        if self.sent_there:
            where &= Q(refused=0)
        return where
