"""Products in three languages, and what hampers hold."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps import apps

from catalogue.kernel import text, translated
from catalogue.kernel.bulk import Counts, replace, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, register
from catalogue.kernel.identifiers import is_ean13
from catalogue.places.models import Province
from catalogue.products.models import Category, Component, Family, Product

from .shelves import KINDS, VAT_CLASSES, hs_code

ProductCategory = apps.get_model("catalogue", "ProductCategory")  # Oscar's own
ProductClass = apps.get_model("catalogue", "ProductClass")
STATUSES = tuple(Product.Status.values)
ALLERGENS = ("gluten", "nuts", "peanuts", "milk", "eggs", "sesame", "fish", "molluscs")
MARKS = ("BIO", "FAIR")
UNITS = ("g", "ml", "piece")
FLAG = re.compile(r"[A-Z_]+")


@dataclass(frozen=True)
class ProductRow:
    """A product and what other files and apps need of its row."""

    product: Product
    family: str
    category: str
    province: str
    cooperative: str
    price_mad: Decimal
    farm_gate_mad: Decimal
    vat_rate_pct: Decimal
    initial_stock: int
    reorder_level: int


@register
class Products(Dataset[ProductRow]):
    file = "products.csv"
    columns = (
        *("sku", "ean13", "status", "family", "variant", "category_path", "name_ar", "name_fr", "name_en"),
        *("description_ar", "description_fr", "description_en", "cooperative_id", "origin_province", "kind"),
        *("sale_unit", "net_value", "net_unit", "net_weight_g", "net_volume_ml", "gross_weight_g"),
        *("length_cm", "width_cm", "height_cm", "fragile", "base_price_mad", "coop_price_mad", "vat_class"),
        *("vat_rate_pct", "hs_code", "labels", "allergens", "shelf_life_days", "date_type"),
        *("storage_temp_min_c", "storage_temp_max_c", "cold_chain", "ship_flag", "season_from_month"),
        *("season_to_month", "initial_stock", "reorder_level", "unique_piece", "created_on"),
    )
    label = "sku"
    after = ("cooperatives.csv", "families.csv", "categories.csv", "provinces.csv", "geographical_indications.csv")

    def read(self, cells: Cells) -> ProductRow:
        names = translated.read(cells, "title", max_length=255)
        status = cells.choice("status", STATUSES)
        product = Product(
            structure=Product.STANDALONE,
            sku=cells.text("sku", max_length=20),
            upc=cells.checked("ean13", is_ean13, "EAN-13 check digit is wrong"),
            status=status,
            is_public=status == Product.Status.PUBLISHED,
            variant=cells.text("variant", required=False, max_length=40),
            kind=cells.choice("kind", KINDS),
            **names,
            **translated.read(cells, "description", "description", max_length=4000, multiline=True),
            slug=text.slug(names["title_fr"]),
            vat_class=cells.choice("vat_class", VAT_CLASSES),
            hs_code=hs_code(cells),
            unique_piece=cells.flag("unique_piece"),
            first_offered_on=cells.day("created_on"),
            **_measures(cells),
            **_keeping(cells),
            **_marks(cells),
        )
        return ProductRow(
            product=product,
            family=cells.reference("family", "families.csv", what="family"),
            category=cells.reference("category_path", "categories.csv", what="category"),
            province=cells.reference("origin_province", "provinces.csv", what="province"),
            cooperative=cells.reference("cooperative_id", "cooperatives.csv", what="cooperative"),
            price_mad=cells.number("base_price_mad", minimum=Decimal("0.01")) or Decimal(0),
            farm_gate_mad=cells.number("coop_price_mad") or Decimal(0),
            vat_rate_pct=cells.number("vat_rate_pct") or Decimal(0),
            initial_stock=cells.integer("initial_stock") or 0,
            reorder_level=cells.integer("reorder_level") or 0,
        )

    def check(self, items: list[ProductRow], context: Context) -> None:
        times = Counter(item.product.upc for item in items)
        for item in items:
            if times[item.product.upc] > 1:
                context.refuse(
                    self.file, f"sku {item.product.sku}", f"EAN-13 {item.product.upc} is used twice", item.product.sku
                )

    def apply(self, items: list[ProductRow], context: Context) -> Counts:
        families = dict(Family.objects.values_list("code", "pk"))
        provinces = dict(Province.objects.values_list("code", "pk"))
        kinds = _product_classes()
        for item in items:
            item.product.family_id = families[item.family]
            item.product.origin_id = provinces[item.province]
            item.product.product_class_id = kinds[item.product.kind]
        products = [item.product for item in items]
        counts = upsert(Product, products, key=("sku",), fields=FIELDS)
        return counts + _write_categories(items)


def _measures(cells: Cells) -> dict[str, Any]:
    return {
        "sale_unit": cells.text("sale_unit", max_length=12),
        "net_value": cells.number("net_value"),
        "net_unit": cells.choice("net_unit", UNITS),
        "net_weight_g": cells.integer("net_weight_g", required=False),
        "net_volume_ml": cells.integer("net_volume_ml", required=False),
        "gross_weight_g": cells.integer("gross_weight_g", minimum=1),
        "length_cm": cells.number("length_cm", places=1),
        "width_cm": cells.number("width_cm", places=1),
        "height_cm": cells.number("height_cm", places=1),
        "fragile": cells.flag("fragile"),
    }


def _keeping(cells: Cells) -> dict[str, Any]:
    season_from = cells.integer("season_from_month", required=False, minimum=1, maximum=12)
    season_until = cells.integer("season_to_month", required=False, minimum=1, maximum=12)
    if (season_from is None) != (season_until is None):
        cells.refuse("a season needs both its first and its last month")
    return {
        "shelf_life_days": cells.integer("shelf_life_days", required=False, minimum=1),
        "date_type": cells.choice("date_type", ("DDM", "DLC"), required=False),
        "storage_min_c": cells.integer("storage_temp_min_c", required=False, minimum=-40, maximum=60),
        "storage_max_c": cells.integer("storage_temp_max_c", required=False, minimum=-40, maximum=60),
        "cold_chain": cells.flag("cold_chain"),
        "season_from": season_from,
        "season_until": season_until,
    }


def _marks(cells: Cells) -> dict[str, Any]:
    indications = cells.known.get("geographical_indications.csv")
    labels = cells.many("labels")
    for label in labels:
        scheme, _, code = label.partition(":")
        if label not in MARKS and (
            scheme not in ("IGP", "AOP") or (indications is not None and code not in indications)
        ):
            cells.refuse(f'unknown label "{label}"')
    flags = cells.many("ship_flag")
    for flag in flags:
        if not FLAG.fullmatch(flag):
            cells.refuse(f'ship_flag "{flag}" is not a flag')
    return {"labels": labels, "allergens": cells.many("allergens", options=ALLERGENS), "ship_flags": flags}


FIELDS = (
    *("upc", "status", "is_public", "family", "variant", "kind", "origin", "product_class", "slug", "sale_unit"),
    *("net_value", "net_unit", "net_weight_g", "net_volume_ml", "gross_weight_g", "length_cm", "width_cm"),
    *("height_cm", "fragile", "vat_class", "hs_code", "labels", "allergens", "shelf_life_days", "date_type"),
    *("storage_min_c", "storage_max_c", "cold_chain", "ship_flags", "season_from", "season_until"),
    *("unique_piece", "first_offered_on"),
    *translated.columns("title", "description"),
)


def _product_classes() -> dict[str, int]:
    """Return the product class of each kind; Oscar wants every product to have one."""
    return {
        kind: ProductClass.objects.get_or_create(slug=kind, defaults={"name": kind.capitalize()})[0].pk
        for kind in KINDS
    }


def _write_categories(items: list[ProductRow]) -> Counts:
    categories = dict(Category.objects.values_list("code", "pk"))
    return replace(
        ProductCategory,
        [ProductCategory(product_id=item.product.pk, category_id=categories[item.category]) for item in items],
        key=("product", "category"),
        among=ProductCategory.objects.filter(product_id__in=[item.product.pk for item in items]),
    )


class BundleRow(NamedTuple):
    hamper: str
    component: str
    quantity: int | None


@register
class Bundles(Dataset[BundleRow]):
    file = "product_bundles.csv"
    columns = ("bundle_sku", "component_sku", "qty")
    label = "bundle_sku+component_sku"
    after = ("products.csv",)

    def read(self, cells: Cells) -> BundleRow:
        row = BundleRow(
            cells.reference("bundle_sku", "products.csv", what="product"),
            cells.reference("component_sku", "products.csv", what="product"),
            cells.integer("qty", minimum=1),
        )
        if row.hamper == row.component:
            cells.refuse("a hamper cannot hold itself")
        return row

    def apply(self, items: list[BundleRow], context: Context) -> Counts:
        products = dict(Product.objects.values_list("sku", "pk"))
        components = [
            Component(hamper_id=products[row.hamper], product_id=products[row.component], quantity=row.quantity)
            for row in items
        ]
        return upsert(Component, components, key=("hamper", "product"), fields=("quantity",))
