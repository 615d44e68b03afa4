"""One product as its page shows it: who sells it, for how much, how that is shared, whether it may travel."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.translation import gettext as _

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.money import quantize
from catalogue.kernel.shopping import HOME, Shopping
from catalogue.pricing.models import Price
from catalogue.products.models import Component, Product, ProductCategory
from catalogue.products.queries import Shelf, protected_names, shelves, way_to
from fulfilment.shipping.policies import flags_of, refusal
from fulfilment.shipping.queries import refusal_text, rules_for
from storefront.offers.policies import Thing
from storefront.offers.prices import reduced

from . import cards, words
from .cards import Availability, Card, Season
from .queries import some

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
    parts: list[tuple[str, Decimal]]
    farm_gate_share: int
    availability: Availability
    reduced: Decimal | None = None


@dataclass(frozen=True)
class ProductPage:
    product: Product
    way: list[Shelf]
    offers: list[Offer]
    refusal: str
    contents: list[Any]
    related: list[Card]
    facts: list[tuple[str, str]]
    labels: list[str]

    @property
    def best(self) -> Offer | None:
        return self.offers[0] if self.offers else None


def product_page(*, pk: int, shopping: Shopping, language: str, now: datetime) -> ProductPage:
    """Read a product's page: three queries, four for a hamper. Raises ``NoSuchProduct``."""
    product = _product(pk)
    flag = refusal(flags_of(product.ship_flags, product.kind), rules_for(shopping.destination))
    offers = _offers(product, shopping, bool(flag), now)
    seller = offers[0].cooperative.pk if offers else None
    names = protected_names()
    return ProductPage(
        product=product,
        way=next((way_to(shelves()[shelf]) for shelf in product.shelf_ids if shelf in shelves()), []),
        offers=offers,
        refusal=refusal_text(flag) if flag else "",
        contents=_contents(product),
        related=some(
            shopping,
            language,
            Q(stockrecord__partner=seller) & ~Q(stockrecord__product=pk),
            limit=RELATED,
            now=now,
            one_per_family=True,
        )
        if seller
        else [],
        facts=_facts(product, offers[0].cooperative if offers else None),
        labels=[words.label(label, names) for label in product.labels],
    )


def _product(pk: int) -> Any:
    on_shelves = ProductCategory.objects.filter(product=OuterRef("pk")).order_by("pk").values("category_id")
    product = (
        Product.objects.filter(pk=pk, is_public=True, status=Product.Status.PUBLISHED)
        .select_related("family", "origin__region")
        .annotate(shelf_ids=ArraySubquery(on_shelves))
        .first()
    )
    if product is None:
        raise NoSuchProduct(pk)
    return product


def _offers(product: Product, shopping: Shopping, refused: bool, now: datetime) -> list[Offer]:
    """Return every cooperative's offer, the one that the strategy takes first."""
    rows = (
        current_prices(shopping, now)
        .filter(stockrecord__product=product, stockrecord__partner__is_active=True)
        .select_related("stockrecord__partner__province")
    )
    ranked = sorted(rows, key=lambda row: (row.stockrecord.on_offer <= 0, row.price, row.stockrecord_id))
    return [_offer(row, product, shopping, refused, now) for row in ranked]


def _offer(row: Price, product: Any, shopping: Shopping, refused: bool, now: datetime) -> Offer:
    thing = Thing(row.stockrecord_id, product.pk, row.stockrecord.partner_id, frozenset(product.shelf_ids))
    left = reduced(thing, row.price, now)
    return Offer(
        stockrecord_id=row.stockrecord_id,
        cooperative=row.stockrecord.partner,
        price=row.price,
        currency=row.currency,
        price_per=cards.price_per(left or row.price, row.currency, product.net_value, product.net_unit),
        tax_words=_tax_words(row),
        parts=[(str(words.PARTS[part]), amount) for part in Price.PARTS if (amount := getattr(row, f"part_{part}"))],
        farm_gate_share=int(quantize(row.part_cooperative * 100 / row.price)),
        availability=cards.availability(
            on_offer=row.stockrecord.on_offer,
            season=Season(product.season_from, product.season_until),
            unique=product.unique_piece,
            refused=refused,
            destination=shopping.destination,
            now=now,
        ),
        reduced=left,
    )


def _tax_words(row: Price) -> str:
    if row.side != HOME:
        return _("without tax; duties may be due on arrival")
    return _("tax included") if row.part_tax else _("no tax due")


def _contents(product: Product) -> list[Any]:
    if product.kind != "gift":
        return []
    return list(Component.objects.filter(hamper=product).select_related("product").order_by("pk"))


def _facts(product: Any, cooperative: Any) -> list[tuple[str, str]]:
    """Return what a label says, line by line; lines with nothing to say are left out."""
    allergens = [str(words.ALLERGENS.get(code, code)) for code in product.allergens]
    facts = [
        (_("Net quantity"), words.net(product)),
        (
            _("Allergens"),
            _(", ").join(allergens) if allergens else (_("none declared") if product.kind == "food" else ""),
        ),
        (_("Storage"), words.storage(product)),
        (_("Date"), words.shelf_life(product)),
        (_("Origin"), f"{product.origin.name} ({product.origin.region.name})"),
        (_("Sanitary authorisation"), _authorisation(product, cooperative)),
        (_("Reference"), product.sku),
    ]
    return [(name, value) for name, value in facts if value]


def _authorisation(product: Any, cooperative: Any) -> str:
    if cooperative is None or product.kind == "craft" or cooperative.onssa_status != "authorised":
        return ""
    return _("ONSSA no. %(number)s") % {"number": cooperative.onssa_no}
