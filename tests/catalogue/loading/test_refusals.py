"""Every way a folder can be wrong: the message with its line, and nothing written."""

import pytest

from catalogue.cooperatives.models import Partner
from catalogue.kernel.models import DataShift
from catalogue.places.models import Region
from catalogue.pricing.models import PriceList
from catalogue.products.models import Product

pytestmark = pytest.mark.django_db

ARGAN = "products.csv:2 sku ARGF-001-001"
ANAMIL = "cooperatives.csv:2 id COOP-001"


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (Region, Partner, Product, PriceList, DataShift))


@pytest.mark.parametrize(
    ("file", "cells", "told"),
    [
        ("products.csv", {"ean13": "6119001000018"}, f"{ARGAN}: EAN-13 check digit is wrong"),
        ("products.csv", {"base_price_mad": "-57.00"}, f"{ARGAN}: base_price_mad -57.00 is negative"),
        ("products.csv", {"base_price_mad": "0"}, f"{ARGAN}: base_price_mad 0 is below 0.01"),
        ("products.csv", {"base_price_mad": "57.001"}, f"{ARGAN}: base_price_mad 57.001 has more than 2 decimals"),
        ("products.csv", {"coop_price_mad": "1e9"}, f'{ARGAN}: coop_price_mad "1e9" is not a number'),
        ("products.csv", {"base_price_mad": "NaN"}, f'{ARGAN}: base_price_mad "NaN" is not a number'),
        ("products.csv", {"initial_stock": "٣"}, f'{ARGAN}: initial_stock "٣" is not a whole number'),
        ("products.csv", {"initial_stock": "-1"}, f"{ARGAN}: initial_stock -1 is negative"),
        ("products.csv", {"initial_stock": "99999999999"}, f"{ARGAN}: initial_stock 99999999999 is above 2147483647"),
        ("products.csv", {"cooperative_id": "COOP-999"}, f'{ARGAN}: unknown cooperative "COOP-999"'),
        ("products.csv", {"family": "argan"}, f'{ARGAN}: unknown family "argan"'),
        ("products.csv", {"category_path": "oils/petrol"}, f'{ARGAN}: unknown category "oils/petrol"'),
        ("products.csv", {"origin_province": "MA-XXX"}, f'{ARGAN}: unknown province "MA-XXX"'),
        ("products.csv", {"created_on": "2026-02-30"}, f'{ARGAN}: created_on "2026-02-30" is not a date (YYYY-MM-DD)'),
        ("products.csv", {"status": "on"}, f'{ARGAN}: status "on" is not one of those we know'),
        ("products.csv", {"fragile": "maybe"}, f'{ARGAN}: fragile "maybe" is not one of those we know'),
        ("products.csv", {"labels": "IGP:NOWHERE"}, f'{ARGAN}: unknown label "IGP:NOWHERE"'),
        ("products.csv", {"allergens": "luck"}, f'{ARGAN}: allergens "luck" is not one of those we know'),
        ("products.csv", {"hs_code": "15159"}, f"{ARGAN}: hs_code has not six digits"),
        ("products.csv", {"season_from_month": "3"}, f"{ARGAN}: a season needs both its first and its last month"),
        ("products.csv", {"name_ar": "زيت\u202e أركان"}, f"{ARGAN}: name_ar holds invisible characters (U+202E)"),
        ("products.csv", {"name_en": ""}, f"{ARGAN}: name_en is empty"),
        ("products.csv", {"name_en": "x" * 300}, f"{ARGAN}: name_en is longer than 255 characters"),
        ("cooperatives.csv", {"ice": "999000001000076"}, f"{ANAMIL}: ICE check digits are wrong"),
        ("cooperatives.csv", {"rib": "225450000000000900150962"}, f"{ANAMIL}: RIB check digits are wrong"),
        ("cooperatives.csv", {"iban": "MA37225450000000000900150961"}, f"{ANAMIL}: iban is not that of the RIB"),
        ("cooperatives.csv", {"bank_code": "350"}, f"{ANAMIL}: rib is not of bank 350"),
        ("cooperatives.csv", {"women_members": "27"}, f"{ANAMIL}: women_members is more than members"),
        ("cooperatives.csv", {"phone": "0812"}, f'{ANAMIL}: phone "0812" is not a phone number'),
        ("cooperatives.csv", {"province_code": "MA-XXX"}, f'{ANAMIL}: unknown province "MA-XXX"'),
        ("initial_lots.csv", {"best_before": "2020-01-01"}, "best_before is not after production_date"),
        ("initial_lots.csv", {"sku": "NONE"}, 'unknown product "NONE"'),
        ("product_sellers.csv", {"coop_price_mad": "52"}, "coop_price_mad is too high: the price is 0.20 MAD short"),
        ("product_sellers.csv", {"cooperative_id": "COOP-001"}, "COOP-001 is its seller already"),
        ("fx_rates.csv", {"mad_per_eur": "0"}, "mad_per_eur is zero"),
        ("fx_rates.csv", {"mad_per_eur": "-10.8"}, "mad_per_eur -10.8 is negative"),
        ("fx_rates.csv", {"mad_per_usd": "1000000000"}, "mad_per_usd 1000000000 is not between 1 and 100"),
        ("fx_rates.csv", {"mad_per_usd": "NaN"}, 'mad_per_usd "NaN" is not a number'),
        ("delivery_countries.csv", {"zone_code": "IN-9"}, 'delivery_countries.csv:2 iso2 FR: unknown zone "IN-9"'),
        ("delivery_zones.csv", {"weight_to_g": "0"}, "weight_to_g 0 is below 1"),
        ("categories.csv", {"parent": "sea"}, 'path oils: parent "sea" is not the beginning of the path'),
        ("export_restrictions.csv", {"b2c": "perhaps"}, 'b2c "perhaps" is not one of those we know'),
        ("provinces.csv", {"region_code": "MA-13"}, 'provinces.csv:2 code MA-TNG: unknown region "MA-13"'),
    ],
)
def test_load_refuses_a_wrong_cell_and_writes_nothing(folder, file, cells, told):
    folder.set(file, 0, **cells)

    problems = folder.problems()

    assert [problem for problem in problems if told in problem]
    assert nothing_written()


def test_load_refuses_a_duplicate_sku_and_names_the_first_line(folder):
    folder.add("products.csv", ean13="6119001000019")

    problems = folder.problems()

    assert "products.csv:8 sku ARGF-001-001: appears already on line 2" in problems
    assert nothing_written()


def test_load_refuses_a_barcode_used_twice(folder):
    folder.set("products.csv", 1, ean13="6119001000019")

    assert folder.problems() == [
        f"{place}: EAN-13 6119001000019 is used twice" for place in (ARGAN, "products.csv:3 sku ARGF-001-002")
    ]


def test_load_refuses_a_price_that_leaves_the_office_less_than_nothing(folder):
    folder.set("products.csv", 0, coop_price_mad="52.00")

    assert folder.problems() == [
        f"{ARGAN}: coop_price_mad is too high: the price is 0.20 MAD short of the cooperative's amount and the tax"
    ]


def test_load_refuses_lots_that_do_not_add_up_to_the_stock(folder):
    folder.set("initial_lots.csv", 0, qty="14")

    assert folder.problems() == [f"{ARGAN}: initial_stock is 19, its lots in initial_lots.csv hold 20"]


def test_load_refuses_two_rates_in_one_vat_class(folder):
    folder.set("products.csv", 1, vat_rate_pct="20")

    assert "products.csv:3 sku ARGF-001-002: vat_rate_pct is 20, other R10 products have 10" in folder.problems()


def test_load_refuses_a_missing_column(folder):
    folder.drop_column("products.csv", "ean13")

    assert "products.csv:1: column ean13 is missing" in folder.problems()


def test_load_refuses_a_missing_file(folder):
    (folder.path / "families.csv").unlink()

    assert folder.problems() == ["families.csv: the file is missing"]


def test_load_refuses_text_that_is_not_utf8(folder):
    file = folder.path / "regions.csv"
    file.write_bytes(file.read_bytes().replace("é".encode(), b"\xe9"))

    assert any(problem.startswith("regions.csv: is not UTF-8 text") for problem in folder.problems())


def test_load_refuses_a_row_with_too_few_cells(folder):
    with (folder.path / "families.csv").open("a") as stream:
        stream.write("argan_food,oils\n")

    assert "families.csv:71: has 2 cells instead of 8" in folder.problems()


def test_load_refuses_broken_quotes(folder):
    with (folder.path / "regions.csv").open("a") as stream:
        stream.write('MA-13,"never closed\n')

    assert any("regions.csv" in problem and "well-formed" in problem for problem in folder.problems())


def test_load_tells_everything_at_once(folder):
    folder.set("products.csv", 0, ean13="1", base_price_mad="x")
    folder.set("cooperatives.csv", 2, ice="1")
    (folder.path / "fx_rates.csv").unlink()

    assert len(folder.problems()) == 4


def test_lines_are_counted_across_cells_that_hold_line_breaks(folder):
    folder.set("products.csv", 0, description_en="One.\nTwo.\nThree.")
    folder.set("products.csv", 1, ean13="1")

    assert folder.problems() == ["products.csv:5 sku ARGF-001-002: EAN-13 check digit is wrong"]
