"""One product as its page shows it: who sells it, for how much, how that is shared, whether it may travel."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME, Shopping
from catalogue.pricing.models import Price
from catalogue.pricing.queries import rates_of
from catalogue.products.models import Component, Product, ProductCategory
from catalogue.products.queries import Shelf, protected_names, shelves, way_to
from catalogue.shops.queries import lies_free
from fulfilment.orders.breakdown import Sold, break_down
from fulfilment.orders.queries import goods_of, load_of
from fulfilment.orders.withdrawing.queries import promise_to
from fulfilment.orders.withdrawing.words import promise
from fulfilment.shipping.sending.policies import COLD_CHAIN, SendingRules
from fulfilment.shipping.sending.queries import refusal_text
from storefront.basket import arrivals
from storefront.breakdown.tables import Table, table_of
from storefront.offers.policies import Thing
from storefront.offers.prices import reduced

from . import cards, words
from .cards import Availability, Card, Season
from .offers import Market
from .queries import some, translated

RELATED = 4


class NoSuchProduct(Exception):
    """Nobody may see this product, or it never was."""


@dataclass(frozen=True)
class Offer:
    """What one cooperative asks for a product here and now."""

    stockrecord_id: int
    cooperative: Any
    price: Decimal
    currency: str
    price_per: str
    tax_words: str
    price_list: Any
    breakdown: Table
    availability: Availability
    refusal: str = ""
    reduced: Decimal | None = None


@dataclass(frozen=True)
class ProductPage:
    product: Product
    way: list[Shelf]
    offers: list[Offer]
    refusal: str
    arrival: arrivals.ArrivalView | None
    contents: list[Any]
    related: list[Card]
    sending_back: str
    facts: list[tuple[str, str]]
    labels: list[str]
    in_shops: list[tuple[str, str]]

    @property
    def best(self) -> Offer | None:
        return self.offers[0] if self.offers else None


def product_page(*, pk: int, shopping: Shopping, language: str, now: datetime) -> ProductPage:
    """Read a product's page: three queries, one more for a hamper and two abroad. Raises ``NoSuchProduct``."""
    product = _product(pk, now, language)
    market = Market(shopping, now)
    rules = market.rules
    rows = _price_rows(product, shopping, rules, now)
    offers = [_offer(row, product, shopping, rules, now) for row in rows]
    seller = offers[0].cooperative.pk if offers else None
    names, contents = protected_names(), _contents(product)
    return ProductPage(
        product=product,
        way=next((way_to(shelves()[shelf]) for shelf in product.shelf_ids if shelf in shelves()), []),
        offers=offers,
        refusal=offers[0].refusal if offers else _refusal(product, 0, rules),
        arrival=_arrival(product, contents, rows, shopping, now) if offers and not offers[0].refusal else None,
        contents=contents,
        related=some(
            market,
            language,
            Q(stockrecord__partner=seller) & ~Q(stockrecord__product=pk),
            limit=RELATED,
            one_per_family=True,
        )
        if seller
        else [],
        sending_back=_sending_back(product, shopping, now),
        facts=_facts(product, offers[0].cooperative if offers else None, rules),
        labels=[words.label(label, names) for label in product.labels],
        in_shops=sorted((row["code"].lower(), row["name"]) for row in product.in_shops),
    )


def _in_shops(now: datetime, language: str) -> Any:
    """Return code and name of the shops where the product lies now, for the product's own query."""
    here = lies_free(now).filter(lot__stockrecord__product=OuterRef("pk")).order_by()
    shown = JSONObject(code=F("place__code"), name=translated("place__name", language))
    return here.annotate(shown=shown).values("shown").distinct()


def _product(pk: int, now: datetime, language: str) -> Any:
    on_shelves = ProductCategory.objects.filter(product=OuterRef("pk")).order_by("pk").values("category_id")
    product = (
        Product.objects.filter(pk=pk, is_public=True, status=Product.Status.PUBLISHED)
        .select_related("family", "origin__region")
        .annotate(shelf_ids=ArraySubquery(on_shelves), in_shops=ArraySubquery(_in_shops(now, language)))
        .first()
    )
    if product is None:
        raise NoSuchProduct(pk)
    return product


def _price_rows(product: Product, shopping: Shopping, rules: SendingRules, now: datetime) -> list[Price]:
    """Return every cooperative's price, first the one that is taken: it may go there, is there, costs least."""
    rows = (
        current_prices(shopping, now)
        .filter(stockrecord__product=product, stockrecord__partner__is_active=True)
        .select_related("price_list", "stockrecord__partner__province")
    )

    def rank(row: Price) -> tuple[bool, bool, Decimal, int]:
        record = row.stockrecord
        return bool(_refusal(product, record.partner_id, rules)), record.on_offer <= 0, row.price, record.pk

    return sorted(rows, key=rank)


def _refusal(product: Product, cooperative_id: int, rules: SendingRules) -> str:
    flag = rules.refusal(goods_of(product, cooperative_id))
    return refusal_text(flag, rules.heaviest_g) if flag else ""


def _arrival(
    product: Product, contents: list[Any], rows: list[Price], shopping: Shopping, now: datetime
) -> arrivals.ArrivalView | None:
    """Say what may be due on a parcel with this product alone in it."""
    return arrivals.for_products(
        [(product, rows[0].price)],
        shopping=shopping,
        now=now,
        rates=rates_of(rows[0].price_list),
        inside={product.pk: [part.product.hs_code for part in contents]},
    )


def _offer(row: Price, product: Any, shopping: Shopping, rules: SendingRules, now: datetime) -> Offer:
    refused = _refusal(product, row.stockrecord.partner_id, rules)
    thing = Thing(row.stockrecord_id, product.pk, row.stockrecord.partner_id, frozenset(product.shelf_ids))
    left = reduced(thing, row.price, now)
    return Offer(
        stockrecord_id=row.stockrecord_id,
        cooperative=row.stockrecord.partner,
        price=row.price,
        currency=row.currency,
        price_per=cards.price_per(left or row.price, row.currency, product.net_value, product.net_unit),
        tax_words=_tax_words(row),
        price_list=row.price_list,
        breakdown=table_of(break_down([Sold("", 1, row.parts)], currency=row.currency)),
        availability=cards.availability(
            on_offer=row.stockrecord.on_offer,
            season=Season(product.season_from, product.season_until),
            unique=product.unique_piece,
            refused=bool(refused),
            destination=shopping.destination,
            now=now,
        ),
        refusal=refused,
        reduced=left,
    )


def _tax_words(row: Price) -> str:
    if row.side != HOME:
        return _("without tax; duties may be due on arrival")
    return _("tax included") if row.part_tax else _("no tax due")


def _sending_back(product: Product, shopping: Shopping, now: datetime) -> str:
    found = promise_to(product, shopping.destination, day_of(now))
    return promise(found) if found else ""


def _contents(product: Product) -> list[Any]:
    if product.kind != "gift":
        return []
    return list(Component.objects.filter(hamper=product).select_related("product").order_by("pk"))


def _facts(product: Any, cooperative: Any, rules: SendingRules) -> list[tuple[str, str]]:
    """Return what a label says, line by line; lines with nothing to say are left out."""
    allergens = [str(words.ALLERGENS.get(code, code)) for code in product.allergens]
    facts = [
        (_("Net quantity"), words.net(product)),
        (_("Made to order"), _("your card is charged once the cooperative accepts") if product.made_to_order else ""),
        (
            _("Allergens"),
            _(", ").join(allergens) if allergens else (_("none declared") if product.kind == "food" else ""),
        ),
        (_("Storage"), words.storage(product)),
        (_("On the way"), _travel(product, rules)),
        (_("Date"), words.shelf_life(product)),
        (_("Origin"), f"{product.origin.name} ({product.origin.region.name})"),
        (_("Sanitary authorisation"), authorisation(product, cooperative)),
        (_("Reference"), product.sku),
    ]
    return [(name, value) for name, value in facts if value]


def _travel(product: Any, rules: SendingRules) -> str:
    """Say of what travels cold that not every town can be reached; abroad the refusal says it."""
    if not product.cold_chain or rules.hindrance(load_of(product)) == COLD_CHAIN:
        return ""
    return _("Kept cold; sent only where we deliver cold, which the order page tells by province")


def authorisation(product: Any, cooperative: Any) -> str:
    """Name the cooperative's sanitary authorisation for what is eaten or put on; nothing where it has none."""
    if cooperative is None or product.kind == "craft" or cooperative.onssa_status != "authorised":
        return ""
    return _("ONSSA no. %(number)s") % {"number": cooperative.onssa_no}
