"""Who there is before the year begins: cooperatives with their accounts and goods, people, places, tariffs."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.models import Group

from catalogue.banking import operations as banking
from catalogue.cooperatives.models import Partner, StockRecord, Union
from catalogue.kernel.identifiers import rib_key
from catalogue.kernel.shopping import HOME, SIDES
from catalogue.people.models import User
from catalogue.places.models import Country, Province, Region
from catalogue.pricing.models import Fee, StampDuty, VatClass, VatRate
from catalogue.products.models import Category, Family, Product, ProductClass
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import Courier, DeliveryCountry, DeliveryZone, Tariff

LONG_AGO = date(2020, 1, 1)
GOODS = 5
MEMBERS = 2
"""How many of the first cooperatives make up a union."""
BANK = "230"
CYCLES, METHODS = ("weekly", "fortnightly", "monthly"), ("bank_transfer", "bank_transfer", "cash_at_agency", "cheque")
ABROAD = (("FR", "IN-1", "EUR", "EU"), ("US", "IN-5", "USD", "US"))
FAMILIES = (("oils", "R10", "151590"), ("honey", "EXO", "040900"), ("crafts", "N20", "691200"))
HEAVIEST_G = 30_000
FEES = (
    ("collection", "unit", "2.00"),
    ("packing", "unit", "3.50"),
    ("transport", "weight", "4.00"),
    ("payment", "price", "1.9"),
    ("office", "price", "18.3"),
)


@dataclass
class World:
    """What the year's events draw from."""

    province: Province
    clerk: User
    head: User
    couriers: list[Courier]
    goods: list[StockRecord] = field(default_factory=list)


def make(*, cooperatives: int, random: Random, now: datetime) -> World:
    """Write a small country's rows; the same seed writes the same. All of it in the caller's transaction."""
    _terms(now)
    world = World(
        province=_places(),
        clerk=_person("clerk"),
        head=_person("head", "finance", "director"),
        couriers=[
            Courier.objects.create(name="Tournée (simulation)", kind=Courier.Kind.OWN),
            Courier.objects.create(name="Messagerie (simulation)", kind=Courier.Kind.PARTNER),
        ],
    )
    families = [_family(code, vat_class, hs_code) for code, vat_class, hs_code in FAMILIES]
    kind = ProductClass.objects.create(name="Goods", slug="goods")
    union = Union.objects.create(code="U-SIM", kind="union", name="Union de la simulation")
    for number in range(1, cooperatives + 1):
        cooperative = _cooperative(number, world.province, now)
        if number <= MEMBERS:
            Partner.objects.filter(pk=cooperative.pk).update(union=union)
        for serial in range(1, GOODS + 1):
            product = _product(number * 100 + serial, random.choice(families), kind, world.province, random)
            world.goods.append(_offer(cooperative, product, random))
    return world


def rib_of(account: int) -> str:
    """Return the RIB of an account by its number, with the right key."""
    first = f"{BANK}780{account:016d}"
    return first + rib_key(first)


def _terms(now: datetime) -> None:
    for code, rate in (("N20", 20), ("R10", 10), ("EXO", 0)):
        vat_class = VatClass.objects.create(code=code, rate_pct=rate)
        for side in SIDES:
            pct = rate if side == HOME else 0
            VatRate.objects.create(vat_class=vat_class, side=side, rate_pct=pct, valid_from=LONG_AGO, written_at=now)
    duty = Decimal("0.25")
    for part, basis, value in FEES:
        Fee.objects.create(part=part, basis=basis, value=Decimal(value), valid_from=LONG_AGO, written_at=now)
    StampDuty.objects.create(rate_pct=duty, borne_by="office", valid_from=LONG_AGO, note="simulation", written_at=now)


def _places() -> Province:
    region = Region.objects.create(
        code="MA-03",
        slug="fes-meknes",
        name="Fès-Meknès",
        chief_town="Fès",
        latitude=Decimal("34.03"),
        longitude=Decimal("-5.00"),
        population_2024=4_467_911,
    )
    _tariff("MA3", "home", "35.00", free_from_mad=Decimal("600.00"))
    _tariff("MA3", "express", "60.00")
    _served("MA", None, "MAD", "MA")
    for iso2, zone, currency, block in ABROAD:
        _served(iso2, _tariff(zone, "post_ems", "190.00").zone, currency, block)
    shipping.forget()
    return Province.objects.create(
        code="TAO",
        region=region,
        kind="province",
        name="Taounate",
        chief_town="Taounate",
        latitude=Decimal("34.53"),
        longitude=Decimal("-4.64"),
        zone_code="MA3",
    )


def _served(iso2: str, zone: DeliveryZone | None, currency: str, block: str) -> None:
    names = {"iso_3166_1_a3": f"{iso2}X", "printable_name": iso2, "name": iso2, "is_shipping_country": True}
    Country.objects.create(iso_3166_1_a2=iso2, **names)
    DeliveryCountry.objects.create(iso2=iso2, name=iso2, zone=zone, currency=currency, block=block)


def _tariff(zone: str, method: str, price: str, **fields: Any) -> Tariff:
    at_home = zone.startswith("MA")
    scope = "domestic" if at_home else "international"
    delivery_zone, _ = DeliveryZone.objects.get_or_create(code=zone, defaults={"scope": scope, "name": zone})
    return Tariff.objects.create(
        zone=delivery_zone,
        method=method,
        price_mad=Decimal(price),
        weight_from_g=0,
        weight_to_g=HEAVIEST_G,
        lead_min_days=2,
        lead_max_days=4,
        volumetric_divisor=5000,
        cod_allowed=at_home,
        cod_max_mad=Decimal(10_000) if at_home else None,
        **fields,
    )


def _person(name: str, *groups: str) -> User:
    """Make someone of the office who cannot sign in."""
    email = f"{name}.simulation@biladalkhair.example"
    person = User.objects.create_user(email, None, first_name=name, language="fr", is_staff=True)
    person.groups.set(Group.objects.filter(name__in=groups))
    return person


def _family(code: str, vat_class: str, hs_code: str) -> Family:
    category = Category.objects.add_root({"name": code, "slug": code, "code": code})
    return Family.objects.create(
        code=code, name=code, kind="food", category=category, hs_code=hs_code, vat_class=vat_class
    )


def _cooperative(number: int, province: Province, now: datetime) -> Partner:
    """Make a cooperative: each next one is paid by another cycle, each by its own way."""
    cooperative = Partner.objects.create(
        name=f"Coopérative {number}",
        code=f"COOP-S{number:04d}",
        short_name=f"Coop {number}",
        slug=f"coop-{number}",
        legal_form="cooperative",
        sector="argan",
        sector_name="Argan",
        province=province,
        commune_name="Taounate",
        latitude=province.latitude,
        longitude=province.longitude,
        founded_year=2008,
        members=30,
        women_members=25,
        register_no=str(number),
        ice=f"{number:015d}",
        tax_id=str(number),
        onssa_status="valid",
        vat_regime="exempt",
        annual_turnover_mad=Decimal("250000.00"),
        payout_method=METHODS[number % len(METHODS)],
        payout_cycle=CYCLES[number % len(CYCLES)],
        phone=f"+2126{number:08d}",
        connectivity="4g",
        contact_channel="sms",
        spoken_language="ar",
        reads_arabic="yes",
        lead_days=2,
    )
    banking.open_account(cooperative_id=cooperative.pk, rib=rib_of(number), holder_name=cooperative.name, now=now)
    return cooperative


def _product(number: int, family: Family, kind: ProductClass, province: Province, random: Random) -> Product:
    product = Product.objects.create(
        title=f"Produit {number}",
        slug=f"produit-{number}",
        upc=f"S{number:08d}",
        sku=f"SKU-{number:05d}",
        family=family,
        kind="food",
        origin=province,
        product_class=kind,
        sale_unit="bottle",
        net_value=Decimal(250),
        net_unit="ml",
        net_volume_ml=250,
        gross_weight_g=random.randrange(200, 900),
        length_cm=Decimal("6.0"),
        width_cm=Decimal("6.0"),
        height_cm=Decimal("20.0"),
        vat_class=family.vat_class,
        first_offered_on=LONG_AGO,
    )
    product.categories.add(family.category)
    return product


def _offer(cooperative: Partner, product: Product, random: Random) -> StockRecord:
    """Offer a product of which its cooperative gets 20 to 300 dirhams; what it costs say the schedules."""
    farm_gate = Decimal(random.randrange(2_000, 30_000)) / 100
    return StockRecord.objects.create(
        partner=cooperative,
        product=product,
        partner_sku=f"{cooperative.code}-{product.sku}",
        price_currency="MAD",
        price=farm_gate * 2,
        farm_gate_price=farm_gate,
        num_in_stock=0,
        num_allocated=0,
    )
