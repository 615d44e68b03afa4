"""Lists: which products, at whose price, how many, in what order."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from catalogue.products.models import Product
from catalogue.search import operations as search
from tests.factories.catalogue import make_cooperative, make_family, make_product, make_stockrecord, publish_prices

pytestmark = pytest.mark.django_db


def index(**query: str) -> str:
    with override("fr"):
        return reverse("catalogue:index", query=query)


def titles(page: object) -> list[str]:
    return [card.title for card in page.context["page_obj"]]


def sell(title: str, **record: object) -> Product:
    product = make_product(title=title, title_fr=title)
    make_stockrecord(product=product, **record)
    return product


def test_list_shows_what_may_be_sold_only(client):
    sell("Miel")
    sell("Caché")
    Product.objects.filter(title_fr="Caché").update(is_public=False)
    sell("Suspendu")
    Product.objects.filter(title_fr="Suspendu").update(status=Product.Status.BLOCKED)
    sell("D'une coopérative partie", cooperative=make_cooperative(is_active=False))
    make_product(title="De personne")
    publish_prices()

    page = client.get(index())

    assert titles(page) == ["Miel"]
    assert page.context["total"] == 1


def test_list_takes_the_seller_that_the_strategy_takes(client, rf):
    product = make_product(title="Miel")
    make_stockrecord(product=product, price="90.00", in_stock=0)
    make_stockrecord(product=product, price="110.00", in_stock=3)
    make_stockrecord(product=product, price="120.00", in_stock=9)
    publish_prices()

    card = client.get(index()).context["page_obj"][0]

    assert (card.price, card.availability.code) == (Decimal("110.00"), "last")


def test_list_counts_a_product_of_two_sellers_once_but_for_each_cooperative(client):
    atlas, souss = make_cooperative(slug="atlas"), make_cooperative(slug="souss")
    product = make_product(title="Miel")
    make_stockrecord(product=product, cooperative=atlas, price="120.00")
    make_stockrecord(product=product, cooperative=souss, price="95.00")
    publish_prices()

    everything, of_souss = client.get(index()), client.get(index(cooperative="souss"))

    facet = everything.context["facets"][-1]
    assert everything.context["total"] == 1
    assert sorted(option.count for option in facet.options) == [1, 1]
    assert [card.price for card in of_souss.context["page_obj"]] == [Decimal("95.00")]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["Petit", "Moyen", "Grand"]),
        ("-price", ["Grand", "Moyen", "Petit"]),
        ("newest", ["Grand", "Petit", "Moyen"]),
    ],
)
def test_list_sorts(client, sort, expected):
    sell("Moyen", price="100.00")
    sell("Petit", price="95.00")
    sell("Grand", price="120.00")
    publish_prices()

    assert titles(client.get(index(sort=sort))) == expected


def test_list_is_priced_in_the_currency_of_the_visitor(client):
    sell("Miel", price="120.00")
    publish_prices()
    client.cookies["currency"] = "EUR"

    card = client.get(index()).context["page_obj"][0]

    assert (card.currency, card.price) == ("EUR", Decimal("11.20"))


@pytest.mark.parametrize("query", [{"region": "atlantide"}, {"category": "x", "sort": "up"}, {"cooperative": "'--"}])
def test_list_puts_an_unknown_filter_out_of_its_address(client, query):
    answer = client.get(index(**query))

    assert (answer.status_code, answer.headers["Location"]) == (302, index())


@pytest.mark.parametrize(("asked", "shown"), [("999999", 2), ("0", 2), ("-1", 2), ("deux", 1), ("", 1), ("1e9", 1)])
def test_list_shows_the_nearest_page(client, asked, shown):
    for number in range(30):
        sell(f"Miel {number}")
    publish_prices()

    assert client.get(index(page=asked)).context["page_obj"].number == shown


def test_list_reads_as_often_for_many_products_as_for_few(visit):
    sell("Miel")
    publish_prices()
    few = visit(index())
    cooperatives = [make_cooperative() for _ in range(5)]
    for number in range(24):
        sell(f"Dattes {number}", cooperative=cooperatives[number % 5])
    publish_prices()
    many = visit(index())

    assert len(many.context["page_obj"]) == 24
    assert len(many.queries) == len(few.queries)


def test_filters_leave_no_dead_ends(client):
    make_family("honey")
    sell("Huile")
    product = make_product(title="Miel", title_fr="Miel", family="honey")
    make_stockrecord(product=product)
    publish_prices()

    page = client.get(index(category="honey"))

    assert titles(page) == ["Miel"]
    for facet in page.context["facets"]:
        for option in facet.options:
            assert client.get(option.url).context["total"] >= 1


def test_search_finds_across_languages_and_keeps_words_when_filtered(client):
    sell("Miel de thym")
    Product.objects.update(title_ar="عسل الزعتر")
    publish_prices()
    search.refresh()
    with override("fr"):
        page = client.get(reverse("search:search"), {"q": "العسل"})

    assert titles(page) == ["Miel de thym"]
    assert "q=" in page.context["facets"][0].options[0].url


@pytest.mark.parametrize(
    "typed", ["", "   ", "...", "x" * 10_000, "\x00", "\u202e", "<script>alert(1)</script>", "';--"]
)
def test_search_answers_whatever_is_typed(client, typed):
    with override("ar"):
        page = client.get(reverse("search:search"), {"q": typed})

    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
