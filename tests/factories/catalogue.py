"""Cooperatives, products and prices for tests. Every argument has a sensible value; pass what the test is about."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel import periods
from catalogue.kernel.shopping import HOME, SIDES
from catalogue.places.models import Country, Province, Region
from catalogue.pricing import operations as pricing
from catalogue.pricing.models import ExchangeRate, PriceList, VatClass, VatRate
from catalogue.products.models import Category, Family, Product, ProductClass

from .banking import make_rib, open_account
from .lots import make_lot

numbers = count(1)


def make_country(code: str = "MA", name: str = "Maroc") -> Country:
    """Return a country that the shop delivers to."""
    return Country.objects.get_or_create(
        iso_3166_1_a2=code,
        defaults={"iso_3166_1_a3": f"{code}X", "printable_name": name, "name": name, "is_shipping_country": True},
    )[0]


def make_province(code: str = "TAO", name: str = "Taounate", zone_code: str = "MA3") -> Province:
    """Return a province, in the region of Fès-Meknès unless it exists already."""
    region, _ = Region.objects.get_or_create(
        code="MA-03",
        defaults={
            "slug": "fes-meknes",
            "name": "Fès-Meknès",
            "chief_town": "Fès",
            "latitude": Decimal("34.03"),
            "longitude": Decimal("-5.00"),
            "population_2024": 4_467_911,
        },
    )
    return Province.objects.get_or_create(
        code=code,
        defaults={
            "region": region,
            "kind": "province",
            "name": name,
            "chief_town": name,
            "latitude": Decimal("34.53"),
            "longitude": Decimal("-4.64"),
            "zone_code": zone_code,
        },
    )[0]


def make_cooperative(*, with_account: bool = True, **fields: Any) -> Partner:
    """Return a cooperative of its own number, with an account that may be paid to since 2025."""
    number = next(numbers)
    values = {
        "name": f"Coopérative {number}",
        "code": f"COOP-T{number:04d}",
        "short_name": f"Coop {number}",
        "slug": f"coop-{number}",
        "legal_form": "cooperative",
        "sector": "argan",
        "sector_name": "Argan",
        "commune_name": "Taounate",
        "latitude": Decimal("34.53"),
        "longitude": Decimal("-4.64"),
        "founded_year": 2008,
        "members": 30,
        "women_members": 25,
        "register_no": str(number),
        "ice": f"{number:015d}",
        "tax_id": str(number),
        "onssa_status": "valid",
        "vat_regime": "exempt",
        "annual_turnover_mad": Decimal("250000.00"),
        "payout_method": "bank_transfer",
        "payout_cycle": "weekly",
        "phone": f"+2126{number:08d}",
        "connectivity": "4g",
        "contact_channel": "sms",
        "spoken_language": "ar",
        "reads_arabic": "yes",
        "lead_days": 2,
    } | fields
    if "province" not in values:
        values["province"] = make_province()
    cooperative = Partner.objects.create(**values)
    if with_account:
        open_account(cooperative, make_rib(number))
    return cooperative


def make_family(code: str = "argan-food") -> Family:
    """Return a family on a shelf of the same name."""
    if family := Family.objects.filter(code=code).first():
        return family
    named = {"name": code, "slug": code, "code": code}
    category = Category.objects.filter(code=code).first() or Category.objects.add_root(named)
    return Family.objects.create(
        code=code, name=code, kind="food", category=category, hs_code="151590", vat_class="R10"
    )


def make_product(title: str = "Huile d'argan 250 ml", *, family: str = "argan-food", **fields: Any) -> Product:
    """Return a product on its family's shelf, sold by nobody yet."""
    number = next(numbers)
    shelf = make_family(family)
    values = {
        "title": title,
        "slug": f"produit-{number}",
        "upc": f"T{number:08d}",
        "sku": f"SKU-{number:05d}",
        "family": shelf,
        "kind": "food",
        "sale_unit": "bottle",
        "net_value": Decimal(250),
        "net_unit": "ml",
        "net_volume_ml": 250,
        "gross_weight_g": 450,
        "length_cm": Decimal("6.0"),
        "width_cm": Decimal("6.0"),
        "height_cm": Decimal("20.0"),
        "vat_class": "R10",
        "first_offered_on": date(2025, 1, 1),
    } | fields
    if "origin" not in values:
        values["origin"] = make_province()
    values.setdefault("product_class", ProductClass.objects.get_or_create(name="Goods", slug="goods")[0])
    product = Product.objects.create(**values)
    product.categories.add(shelf.category)
    return product


def make_stockrecord(
    *,
    product: Product | None = None,
    cooperative: Partner | None = None,
    price: str = "120.00",
    farm_gate: str = "80.00",
    in_stock: int = 10,
    promised: int = 0,
) -> StockRecord:
    """Return what a cooperative has of a product, in one lot in its own store; what is not given is made."""
    cooperative = cooperative or make_cooperative()
    product = product or make_product()
    record = StockRecord.objects.create(
        partner=cooperative,
        product=product,
        partner_sku=f"{cooperative.code}-{product.sku}",
        price_currency="MAD",
        price=Decimal(price),
        farm_gate_price=Decimal(farm_gate),
        num_in_stock=0,
        num_allocated=0,
    )
    if in_stock:
        make_lot(record, in_stock, held=promised)
        record.num_in_stock, record.num_allocated = in_stock, promised  # the database has them already
    return record


def make_vat_rates() -> None:
    """Make the classes N20, R10 and EXO and their rates: at home as their names say, abroad zero."""
    for code, rate in (("N20", 20), ("R10", 10), ("EXO", 0)):
        vat_class, _ = VatClass.objects.get_or_create(code=code, defaults={"rate_pct": rate})
        for side in SIDES:
            VatRate.objects.get_or_create(
                vat_class=vat_class,
                side=side,
                defaults={
                    "rate_pct": rate if side == HOME else 0,
                    "valid_from": date(2020, 1, 1),
                    "written_at": timezone.now(),
                },
            )


def make_rates(day: date) -> None:
    """Make rates that prices of a day may be made with, unless there are some."""
    fresh = ExchangeRate.objects.filter(state="accepted", day__gt=day - timedelta(days=3), day__lte=day)
    for currency, rate in (("EUR", "10.80"), ("USD", "9.30")):
        if not fresh.filter(currency=currency).exists():
            ExchangeRate.objects.create(currency=currency, day=day, mad_per_unit=Decimal(rate), source="tests")


def publish_prices(now: datetime | None = None) -> PriceList:
    """Publish prices of every stock record made so far: one euro is 10.80 dirhams, one dollar 9.30."""
    make_vat_rates()
    now = now or timezone.now()
    make_rates(periods.day_of(now))
    return pricing.publish_opening_list(now=now) or PriceList.objects.get(ends_at__isnull=True)
