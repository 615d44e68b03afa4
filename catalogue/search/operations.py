"""Keeps the search documents true to the catalogue."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet

from catalogue.cooperatives.models import StockRecord
from catalogue.kernel.bulk import Counts, upsert
from catalogue.products.models import Category, GeographicalIndication, Product

from .models import SearchDocument

MARKS = {
    "BIO": {"ar": "بيولوجي", "fr": "bio biologique", "en": "organic bio"},
    "FAIR": {"ar": "تجارة عادلة", "fr": "commerce équitable", "en": "fair trade"},
}
SHELF_DEPTH = 4  # characters of a path for one level of the tree


@transaction.atomic
def refresh(product_ids: Iterable[int] | None = None) -> Counts:
    """Write the documents of these products, or of all; only what differs is touched."""
    products, documents = _products(), SearchDocument.objects.all()
    if product_ids is not None:
        ids = list(product_ids)
        products, documents = products.filter(pk__in=ids), documents.filter(product__in=ids)
    return upsert(
        SearchDocument,
        _documents(products),
        key=("product", "language"),
        fields=("title", "names", "body"),
        among=documents,
    )


def _products() -> QuerySet[Product]:
    sellers = StockRecord.objects.select_related("partner").order_by("pk")
    return (
        Product.objects.select_related("family", "origin__region")
        .prefetch_related(Prefetch("stockrecords", queryset=sellers), "categories")
        .order_by("pk")
    )


def _documents(products: QuerySet[Product]) -> Iterator[SearchDocument]:
    shelves = {shelf.path: shelf for shelf in Category.objects.all()}
    protected = {f"{mark.kind}:{mark.code}": mark for mark in GeographicalIndication.objects.all()}
    for product in products:
        for language, _name in settings.LANGUAGES:
            yield SearchDocument(
                product=product,
                language=language,
                title=_in(product, "title", language),
                names=" ".join(dict.fromkeys(filter(None, _names(product, shelves, protected, language)))),
                body=_in(product, "description", language),
            )


def _in(row: Any, name: str, language: str) -> str:
    """Return a translated field, in another language where this one has no words."""
    languages = (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES)
    return next((words for code in languages if (words := getattr(row, f"{name}_{code}"))), "")


def _names(
    product: Product, shelves: dict[str, Category], protected: dict[str, GeographicalIndication], language: str
) -> Iterator[str]:
    yield _in(product.family, "name", language)
    for category in product.categories.all():
        for depth in range(SHELF_DEPTH, len(category.path) + 1, SHELF_DEPTH):
            yield _in(shelves[category.path[:depth]], "name", language)
    for record in product.stockrecords.all():
        for name in ("name", "short_name", "sector_name", "commune_name"):
            yield _in(record.partner, name, language)
    yield _in(product.origin, "name", language)
    yield _in(product.origin.region, "name", language)
    for label in product.labels:
        yield MARKS[label][language] if label in MARKS else label.replace(":", " ")
        if label in protected:
            yield _in(protected[label], "name", language)
    yield product.sku
    yield product.upc or ""
