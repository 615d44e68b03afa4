"""Cooperatives with their unions and accounts, who else sells a product, and what each has of it."""

from dataclasses import dataclass
from decimal import Decimal

from catalogue.cooperatives import queries
from catalogue.cooperatives.models import Partner, StockRecord, Union
from catalogue.kernel import phones, text, translated
from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, finish, register
from catalogue.kernel.identifiers import is_ice, is_rib, rib_to_iban
from catalogue.places.models import Province
from catalogue.products.datasets.products import ProductRow

METHODS = ("bank_transfer", "cash_at_agency", "cheque")
CYCLES = ("weekly", "fortnightly", "monthly")
ONSSA_STATUSES = ("authorised", "in_progress", "suspended", "not_applicable")


@dataclass(frozen=True)
class CooperativeRow:
    cooperative: Partner
    province: str
    union: Union | None
    rib: str
    """What the file says; ``catalogue.banking`` decides what becomes of it."""


@register
class Cooperatives(Dataset[CooperativeRow]):
    file = "cooperatives.csv"
    columns = (
        *("id", "fictional", "name_ar", "name_fr", "short_name_ar", "short_name_fr", "legal_form", "sector"),
        *("sector_ar", "sector_fr", "province_code", "region_code", "commune_fr", "commune_ar", "postal_code"),
        *("lat", "lon", "founded_year", "members", "women_members", "womens_cooperative", "indh_supported"),
        *("union_code", "union_type", "union_name_ar", "union_name_fr", "register_no", "ice", "tax_id"),
        *("onssa_no", "onssa_status", "labels", "bank_code", "bank_fr", "bank_ar", "rib", "iban", "vat_regime"),
        *("annual_turnover_mad", "payout_method", "payout_cycle", "phone", "landline", "email", "connectivity"),
        *("contact_channel", "spoken_language", "reads_arabic", "lead_days"),
    )
    label = "id"
    after = ("provinces.csv",)

    def read(self, cells: Cells) -> CooperativeRow:
        cooperative = Partner(code=cells.text("id", max_length=20))
        for part in (_names, _profile, _papers, _paying, _contact):
            for name, value in part(cells).items():
                setattr(cooperative, name, value)
        if (cooperative.women_members or 0) > (cooperative.members or 0):
            cells.refuse("women_members is more than members")
        cooperative.slug = text.slug(cooperative.name_fr)
        province = cells.reference("province_code", "provinces.csv", what="province")
        cells.reference("region_code", "regions.csv", what="region")
        return CooperativeRow(cooperative, province, _union(cells), _rib(cells))

    def check(self, items: list[CooperativeRow], context: Context) -> None:
        slugs: dict[str, str] = {}
        unions: dict[str, Union] = {}
        for row in items:
            code, slug = row.cooperative.code, row.cooperative.slug
            if slugs.setdefault(slug, code) != code:
                context.refuse(self.file, f"id {code}", f"name_fr is that of {slugs[slug]}", code)
            if (
                row.union
                and vars(unions.setdefault(row.union.code, row.union))["name_fr"] != vars(row.union)["name_fr"]
            ):
                context.refuse(self.file, f"id {code}", f"union {row.union.code} has another name elsewhere", code)

        self._check_ices(items, context)

    def _check_ices(self, items: list[CooperativeRow], context: Context) -> None:
        """Refuse an ICE that another row has, or an open cooperative that this file does not give another."""
        codes = {row.cooperative.code for row in items}
        ices = {row.cooperative.ice for row in items}
        others = Partner.objects.filter(ice__in=ices, closed_at=None).exclude(code__in=codes)
        held: dict[str, str | None] = dict(others.values_list("ice", "code"))
        for row in items:
            code, ice = row.cooperative.code, row.cooperative.ice
            if held.setdefault(ice, code) != code:
                context.refuse(self.file, f"id {code}", f"ice is that of {held[ice]}", code)

    def apply(self, items: list[CooperativeRow], context: Context) -> Counts:
        unions = list({row.union.code: row.union for row in items if row.union}.values())
        names = translated.columns("name", languages=("ar", "fr"))
        counts = upsert(Union, unions, key=("code",), fields=("kind", *names))
        union_ids = {union.code: union.pk for union in unions}
        provinces = dict(Province.objects.values_list("code", "pk"))
        for row in items:
            row.cooperative.province_id = provinces[row.province]
            row.cooperative.union_id = union_ids[row.union.code] if row.union else None
        kept = queries.contacts_of_the_office()
        for cooperative in (row.cooperative for row in items):
            for field, value in kept.get(cooperative.code or "", {}).items():
                setattr(cooperative, field, value)
        return counts + upsert(Partner, [row.cooperative for row in items], key=("code",), fields=FIELDS)


SECTORS_EN = {
    "argan": "Argan",
    "basketry": "Basketry",
    "cactus": "Prickly pear",
    "clothing": "Sewing and embroidery",
    "copper": "Copperware",
    "couscous": "Couscous and grain",
    "dairy": "Milk and cheese",
    "dates": "Dates",
    "figs": "Figs and fruit",
    "herbs": "Aromatic and medicinal plants",
    "honey": "Honey",
    "jewellery": "Jewellery",
    "leather": "Leather",
    "olive": "Olives",
    "pottery": "Pottery",
    "preserves": "Preserves and sweets",
    "saffron": "Saffron",
    "seafood": "Seafood",
    "spices": "Spices and henna",
    "weaving": "Weaving and rugs",
    "wood": "Wood",
}
"""The data name a sector in Arabic and French; one that is not here reads as in French."""

FIELDS = (
    *("slug", "fictional", "legal_form", "sector", "province", "postal_code", "latitude", "longitude"),
    *("founded_year", "members", "women_members", "is_womens", "indh_supported", "union", "register_no", "ice"),
    *("tax_id", "onssa_no", "onssa_status", "labels", "vat_regime", "annual_turnover_mad"),
    *("payout_method", "payout_cycle", "phone", "landline", "email", "connectivity", "contact_channel"),
    *("spoken_language", "reads_arabic", "lead_days"),
    *translated.columns("name", "short_name", "sector_name", "commune_name", languages=("ar", "fr")),
    "sector_name_en",
)


def _names(cells: Cells) -> dict[str, object]:
    return {
        "fictional": cells.flag("fictional"),
        **translated.read(cells, "name", max_length=128),
        **translated.read(cells, "short_name", "short_name", max_length=120),
        **translated.read(cells, "sector_name", "sector", max_length=80),
        "sector_name_en": SECTORS_EN.get(cells.text("sector", max_length=30)),
        **translated.read(cells, "commune_name", "commune", max_length=120),
    }


def _profile(cells: Cells) -> dict[str, object]:
    return {
        "legal_form": cells.text("legal_form", max_length=20),
        "sector": cells.text("sector", max_length=30),
        "postal_code": cells.text("postal_code", required=False, max_length=5),
        "latitude": cells.number("lat", minimum=None, places=3),
        "longitude": cells.number("lon", minimum=None, places=3),
        "founded_year": cells.integer("founded_year", minimum=1900, maximum=2100),
        "members": cells.integer("members"),
        "women_members": cells.integer("women_members"),
        "is_womens": cells.flag("womens_cooperative"),
        "indh_supported": cells.flag("indh_supported"),
        "labels": cells.many("labels", options=("BIO", "FAIR")),
    }


def _papers(cells: Cells) -> dict[str, object]:
    return {
        "register_no": cells.text("register_no", max_length=40),
        "ice": cells.checked("ice", is_ice, "ICE check digits are wrong"),
        "tax_id": cells.text("tax_id", max_length=20),
        "onssa_no": cells.text("onssa_no", required=False, max_length=30),
        "onssa_status": cells.choice("onssa_status", ONSSA_STATUSES),
        "vat_regime": cells.text("vat_regime", max_length=30),
        "annual_turnover_mad": cells.number("annual_turnover_mad"),
    }


def _paying(cells: Cells) -> dict[str, object]:
    return {
        "payout_method": cells.choice("payout_method", METHODS),
        "payout_cycle": cells.choice("payout_cycle", CYCLES),
    }


def _rib(cells: Cells) -> str:
    rib = cells.checked("rib", is_rib, "RIB check digits are wrong")
    iban = cells.text("iban")
    if is_rib(rib) and iban and iban != rib_to_iban(rib):
        cells.refuse("iban is not that of the RIB")
    bank_code = cells.text("bank_code", max_length=3)
    if rib and not rib.startswith(bank_code):
        cells.refuse(f"rib is not of bank {bank_code}")
    return rib


def _contact(cells: Cells) -> dict[str, object]:
    return {
        "phone": _phone(cells, "phone"),
        "landline": _phone(cells, "landline", required=False),
        "email": cells.text("email", required=False, max_length=254),
        "connectivity": cells.text("connectivity", max_length=20),
        "contact_channel": cells.text("contact_channel", max_length=20),
        "spoken_language": cells.text("spoken_language", max_length=20),
        "reads_arabic": cells.text("reads_arabic", max_length=10),
        "lead_days": cells.integer("lead_days", maximum=365),
    }


def _phone(cells: Cells, name: str, *, required: bool = True) -> str:
    written = cells.text(name, required=required)
    try:
        return phones.normalise(written) if written else ""
    except phones.NotAPhone:
        cells.refuse(f'{name} "{written}" is not a phone number')
        return ""


def _union(cells: Cells) -> Union | None:
    code = cells.text("union_code", required=False, max_length=8)
    if not code:
        return None
    names = {f"name_{language}": cells.text(f"union_name_{language}", max_length=160) for language in ("ar", "fr")}
    return Union(code=code, kind=cells.text("union_type", max_length=10), **names)


@dataclass(frozen=True)
class SellerRow:
    """Another cooperative that sells a product, at the same public price."""

    sku: str
    cooperative: str
    farm_gate_mad: Decimal
    initial_stock: int


@register
class Sellers(Dataset[SellerRow]):
    file = "product_sellers.csv"
    columns = ("sku", "cooperative_id", "coop_price_mad", "initial_stock")
    label = "sku+cooperative_id"
    after = ("products.csv", "cooperatives.csv")
    is_optional = True

    def read(self, cells: Cells) -> SellerRow:
        return SellerRow(
            cells.reference("sku", "products.csv", what="product"),
            cells.reference("cooperative_id", "cooperatives.csv", what="cooperative"),
            cells.number("coop_price_mad") or Decimal(0),
            cells.integer("initial_stock") or 0,
        )

    def check(self, items: list[SellerRow], context: Context) -> None:
        sellers = {item.product.sku: item.cooperative for item in context.items.get("products.csv", [])}
        for row in items:
            if sellers.get(row.sku) == row.cooperative:
                key = f"{row.sku}+{row.cooperative}"
                context.refuse(self.file, f"sku {row.sku}", f"{row.cooperative} is its seller already", key)


@finish("stock records", order=10)
def write_stock_records(context: Context) -> Counts:
    """Write what each seller gets for a product. What there is of it, its lots say."""
    products = {item.product.sku: item for item in context.items["products.csv"]}
    cooperatives = dict(Partner.objects.values_list("code", "pk"))
    records = [_record(item, cooperatives[item.cooperative], item.farm_gate_mad) for item in products.values()]
    for row in context.items.get("product_sellers.csv", []):
        records.append(_record(products[row.sku], cooperatives[row.cooperative], row.farm_gate_mad))
    fields = ("partner_sku", "price", "price_currency", "farm_gate_price", "low_stock_threshold")
    return upsert(StockRecord, records, key=("product", "partner"), fields=fields)


def _record(item: ProductRow, cooperative_id: int, farm_gate_mad: Decimal) -> StockRecord:
    return StockRecord(
        product_id=item.product.pk,
        partner_id=cooperative_id,
        partner_sku=item.product.sku,
        price=item.price_mad,
        price_currency="MAD",
        farm_gate_price=farm_gate_mad,
        num_in_stock=0,
        num_allocated=0,
        low_stock_threshold=item.reorder_level,
    )
