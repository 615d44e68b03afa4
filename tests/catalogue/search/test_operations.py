"""Documents follow the catalogue."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.products.models import Product
from catalogue.search import operations
from catalogue.search.models import SearchDocument
from catalogue.search.queries import search
from tests.factories.catalogue import make_family, make_product, make_stockrecord

pytestmark = pytest.mark.django_db


def test_refresh_writes_a_document_for_each_language_once():
    product = make_product(title="Miel de thym")
    SearchDocument.objects.all().delete()

    first, second = operations.refresh([product.pk]), operations.refresh([product.pk])

    assert (first.created, second.created, second.changed) == (3, 0, 0)
    assert SearchDocument.objects.filter(product=product).count() == 3


def test_refresh_takes_in_what_was_written_in_bulk():
    product = make_product(title="Miel de thym")
    make_stockrecord(product=product)
    Product.objects.filter(pk=product.pk).update(title_fr="Gelée royale")

    assert operations.refresh([product.pk]).changed >= 1
    assert search("gelee", "fr").product_ids == [product.pk]


def test_a_saved_product_is_found_by_its_new_title():
    product = make_product(title="Miel de thym")
    product.title_fr = "Gelée royale"
    product.save()

    assert search("gelee", "fr").product_ids == [product.pk]


def test_a_product_on_another_shelf_is_found_there():
    product, shelf = make_product(), make_family("Ruches").category
    assert not search("ruches", "fr").product_ids

    product.categories.add(shelf)
    product.categories.through.objects.create(product=product, category=make_family("Abeilles").category)

    assert search("abeilles", "fr").product_ids == [product.pk]


def test_refresh_reads_as_often_for_many_products_as_for_few(django_assert_num_queries):
    few = [make_product().pk]
    many = [make_product().pk for _ in range(5)]
    operations.refresh(few)

    with CaptureQueriesContext(connection) as captured:
        operations.refresh(few)
    with django_assert_num_queries(len(captured)):
        operations.refresh(many)
