"""A good folder: what is written, and what a second load leaves alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel.datasets import DataRefused
from catalogue.kernel.models import DataShift
from catalogue.places.models import Commune, Province
from catalogue.pricing.models import ExchangeRate, Price, PriceList
from catalogue.products.models import Category, Component, Family, Product
from fulfilment.shipping.models import DeliveryCountry, Tariff

pytestmark = pytest.mark.django_db


def test_load_writes_a_product_in_three_languages(folder):
    folder.load()

    product = Product.objects.get(sku="ARGF-001-001")
    with translation.override("ar"):
        assert product.title.startswith("زيت أركان")
    with translation.override("en"):
        assert product.title == "Lightly toasted culinary argan oil from Tamanar – 100 ml glass bottle"
    assert product.slug.startswith("huile-d-argan-alimentaire-legerement-torrefiee")
    assert (product.upc, product.family.code, product.origin.code) == ("6119001000019", "argan_food", "MA-ESI")
    assert [category.code for category in product.categories.all()] == ["oils/argan-food"]
    assert product.is_public


def test_load_names_every_sector_in_english(folder):
    folder.load()

    cooperative = Partner.objects.get(code="COOP-001")
    with translation.override("en"):
        assert cooperative.sector_name == "Argan"
    with translation.override("fr"):
        assert cooperative.sector_name == "Argane"
    assert not Partner.objects.filter(sector_name_en=None).exists()


def test_load_builds_a_sound_category_tree(folder):
    folder.load()

    assert Category.objects.find_problems() == ([], [], [], [], [])
    oils = Category.objects.get(code="oils")
    assert [child.code for child in Category.objects.get_children(oils)] == [
        "oils/argan-food",
        "oils/olive",
        "oils/seed",
    ]
    assert oils.slug == "huiles"


def test_load_writes_places_zones_and_countries(folder):
    folder.load()

    assert Province.objects.count() == 75
    assert Commune.objects.count() == 1503
    assert not Province.objects.filter(communes=None).exists()
    assert Tariff.objects.count() == 183
    assert DeliveryCountry.objects.count() == 43
    assert Family.objects.count() == 69


def test_a_product_has_a_stock_record_for_each_of_its_sellers(folder):
    folder.load()

    records = StockRecord.objects.filter(product__sku="ARGF-001-001").order_by("partner__code")
    assert list(records.values_list("partner__code", "farm_gate_price", "price", "num_in_stock")) == [
        ("COOP-001", Decimal("37.00"), Decimal("57.00"), 19),
        ("COOP-002", Decimal("35.90"), Decimal("57.00"), 12),
    ]


def test_load_publishes_a_price_for_each_record_currency_and_side(folder):
    folder.load()

    assert Price.objects.count() == StockRecord.objects.count() * 3 * 2
    price = Price.objects.get(
        stockrecord__partner_sku="ARGF-001-001", stockrecord__partner__code="COOP-002", currency="MAD", side="home"
    )
    assert (price.price, price.part_cooperative, price.part_office, price.part_tax) == (
        Decimal("57.00"),
        Decimal("35.90"),
        Decimal("15.92"),
        Decimal("5.18"),
    )


def test_a_second_load_changes_nothing(folder):
    folder.load()
    lists = list(PriceList.objects.values())

    context = folder.load()

    assert sum(counts.written for counts in context.counts.values()) == 0
    assert list(PriceList.objects.values()) == lists


def test_a_second_load_leaves_stock_as_it_was_sold(folder):
    folder.load()
    StockRecord.objects.filter(partner_sku="ARGF-001-001").update(num_in_stock=3)

    folder.load()

    assert set(StockRecord.objects.filter(partner_sku="ARGF-001-001").values_list("num_in_stock")) == {(3,)}


def test_a_changed_price_publishes_a_new_list_and_ends_the_old(folder, clock):
    folder.load()
    old = PriceList.objects.get()
    folder.set("products.csv", 0, base_price_mad="60.00")

    later = old.starts_at.replace(hour=18)
    context = folder.load(now=later)

    old.refresh_from_db()
    new = PriceList.objects.get(ends_at=None)
    assert (old.ends_at, new.starts_at) == (later, later)
    assert context.counts["stock records"].changed == 2  # both of its sellers
    assert new.prices.get(
        stockrecord__partner_sku="ARGF-001-001", stockrecord__partner__code="COOP-001", currency="MAD", side="home"
    ).price == Decimal("60.00")


def test_a_changed_name_changes_one_row_only(folder):
    folder.load()
    folder.set("products.csv", 0, name_fr="Huile d'argan")

    context = folder.load()

    assert context.counts["products.csv"].changed == 1
    assert sum(counts.written for name, counts in context.counts.items() if name != "search documents") == 1
    assert Product.objects.get(sku="ARGF-001-001").slug == "huile-d-argan"


def test_today_moves_every_date_and_later_loads_keep_the_move(folder):
    in_december = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)
    folder.load(today=date(2026, 12, 20), now=in_december)
    assert DataShift.objects.get().days == 30
    assert ExchangeRate.objects.first().day == date(2026, 12, 20)
    assert Product.objects.get(sku="ARGF-001-001").first_offered_on == date(2026, 6, 4)

    for today in (date(2027, 3, 1), None):
        context = folder.load(today=today, now=in_december)
        assert sum(counts.written for counts in context.counts.values()) == 0


def test_a_rate_of_the_files_that_changed_keeps_the_old_one_as_replaced(folder):
    folder.load()
    folder.set("fx_rates.csv", 0, mad_per_eur="10.9999")

    context = folder.load()

    day = date.fromisoformat(folder.rows("fx_rates.csv")[0]["date"])
    states = dict(ExchangeRate.objects.filter(currency="EUR", day=day).values_list("state", "mad_per_unit"))
    assert (context.counts["fx_rates.csv"].changed, set(states)) == (1, {"accepted", "replaced"})
    assert states["accepted"] == Decimal("10.9999")


def test_the_command_tells_what_changed_then_that_nothing_did(folder):
    first, second = StringIO(), StringIO()

    call_command("load_catalogue", str(folder.path), stdout=first)
    call_command("load_catalogue", str(folder.path), stdout=second)

    assert "products.csv                     12 new" in first.getvalue()
    assert second.getvalue().splitlines()[-1] == "0 changes"


def test_the_command_fails_and_lists_the_problems(folder):
    folder.set("products.csv", 0, ean13="1")
    told = StringIO()

    with pytest.raises(CommandError, match="1 problems: nothing was written"):
        call_command("load_catalogue", str(folder.path), stderr=told)

    assert told.getvalue().strip() == "products.csv:2 sku ARGF-001-001: EAN-13 check digit is wrong"


def test_the_command_refuses_what_is_no_folder(tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("load_catalogue", str(tmp_path / "nowhere"))


def test_blank_lines_are_nothing(folder):
    with (folder.path / "families.csv").open("a") as stream:
        stream.write("\n\n")

    folder.load()

    assert Family.objects.count() == 69


def test_load_refuses_rates_that_are_all_in_the_future(folder):
    with pytest.raises(DataRefused) as refusal:
        folder.load(now=datetime(2026, 11, 1, tzinfo=UTC))

    assert [str(problem) for problem in refusal.value.problems] == [
        "fx_rates.csv: there is no rate on or before today (EUR 2026-11-01)"
    ]
    assert not Product.objects.exists()


@pytest.mark.catalogue_data
def test_the_whole_catalogue_is_there():
    assert Product.objects.count() == 1640
    assert Product.objects.filter(is_public=True).count() == 1608
    assert Partner.objects.count() == 160
    assert Component.objects.count() == 98
    for price_list in PriceList.objects.all():
        assert price_list.prices.count() == StockRecord.objects.count() * 6
