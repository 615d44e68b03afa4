"""Buying for tests, through the real operations: deliveries to buy with, baskets, orders, and the guest's browser."""

import re
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.cooperatives.strategy import PublishedPriceStrategy
from catalogue.kernel.shopping import Shopping
from catalogue.places.models import Province
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import Item
from fulfilment.orders.queries import quote as make_quote
from fulfilment.payments.gateways.base import Payment
from fulfilment.payments.models import PaymentAttempt
from fulfilment.payments.operations import paying
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.models import DeliveryCountry, DeliveryZone, ExportRestriction, Tariff
from storefront.basket.models import Basket
from storefront.checkout import operations

from .catalogue import make_country, make_province, make_stockrecord, publish_prices

HOME_SHOPPING = Shopping()
BLOCKS = {"MA": "MA", "FR": "EU", "US": "US"}


def make_tariff(zone: str, method: str, price: str, **fields: Any) -> Tariff:
    """Return a tariff for parcels up to 30 kg unless told otherwise."""
    scope = "domestic" if zone.startswith("MA") else "international"
    delivery_zone, _ = DeliveryZone.objects.get_or_create(code=zone, defaults={"scope": scope, "name": zone})
    values = {
        "weight_from_g": 0,
        "weight_to_g": 30_000,
        "lead_min_days": 2,
        "lead_max_days": 4,
        "volumetric_divisor": 5000,
        "cod_allowed": scope == "domestic",
        "cod_max_mad": Decimal(10_000) if scope == "domestic" else None,
    }
    return Tariff.objects.create(zone=delivery_zone, method=method, price_mad=Decimal(price), **values | fields)


def open_deliveries() -> Province:
    """Serve Morocco, France and the United States; return a Moroccan province."""
    province = make_province(zone_code="MA3")
    for code, zone, currency in (("MA", None, "MAD"), ("FR", "IN-1", "EUR"), ("US", "IN-5", "USD")):
        make_country(code, code)
        if zone:
            make_tariff(zone, "post_ems", "190.00")
        served = DeliveryZone.objects.filter(code=zone).first()
        DeliveryCountry.objects.create(iso2=code, name=code, zone=served, currency=currency, block=BLOCKS[code])
    make_tariff("MA3", "home", "35.00", free_from_mad=Decimal("600.00"))
    make_tariff("MA3", "express", "60.00")
    shipping.forget()
    return province


def refuse_to(block: str, flag: str, rule: str = "block") -> ExportRestriction:
    return ExportRestriction.objects.create(
        block=block, ship_flag=flag, b2c=rule, b2b=rule, reason="tests", confidence="known"
    )


def stock(price: str = "120.00", in_stock: int = 10, **fields: Any) -> StockRecord:
    """Return something to buy, with its prices published."""
    fields.setdefault("farm_gate", str(round(Decimal(price) * 2 / 3, 2)))
    record = make_stockrecord(price=price, in_stock=in_stock, **fields)
    publish_prices()
    return record


def make_basket(*items: tuple[StockRecord, int], shopping: Shopping = HOME_SHOPPING, owner: Any = None) -> Basket:
    """Return an open basket with these in it."""
    basket = Basket(owner=owner)
    basket.strategy = PublishedPriceStrategy(shopping=shopping)
    for record, quantity in items:
        fresh = StockRecord.objects.select_related("partner").get(pk=record.pk)  # prices are kept on an instance
        basket.add_product(record.product, quantity, stockrecord=fresh)
    return basket


def address_for(shopping: Shopping, **fields: Any) -> dict[str, Any]:
    """Return the fields of an address there, as the form would."""
    values = {
        "last_name": "Fatima Zahra",
        "phone_number": "+212612345678",
        "country_id": shopping.destination,
        "line1": "12 rue du Four",
        "line4": "Taounate" if shopping.destination == "MA" else "Lyon",
    }
    if shopping.destination == "MA":
        values |= {"province": Province.objects.get(code="TAO"), "locality": "Douar Ouled Ali"}
    return values | fields


def make_wanted(basket: Basket, *, shopping: Shopping = HOME_SHOPPING, **fields: Any) -> operations.Wanted:
    """Return what someone who read the checkout page carefully would send."""
    address = fields.pop("address", None) or address_for(shopping)
    items = [Item(line.stockrecord_id, line.quantity) for line in basket.lines.all()]
    zone = shipping.zone_of(shopping.destination, address.get("province"))
    quote = make_quote(items, shopping=shopping, zone_code=zone, now=timezone.now())
    home = shopping.destination == "MA"
    usual = "cash" if home and shopping.currency == "MAD" else "card"
    method = fields.get("payment_method", usual)
    values = {
        "shopping": shopping,
        "language": "fr",
        "address": address,
        "email": "",
        "delivery": "home" if home else "post_ems",
        "payment_method": usual,
        "shown": tuple(quote.fingerprint(way, method) for way in quote.deliveries),
    }
    return operations.Wanted(**values | fields)


def place_order(*items: tuple[StockRecord, int], shopping: Shopping = HOME_SHOPPING, **fields: Any) -> Order:
    """Place an order the way the checkout does. ``open_deliveries()`` comes first."""
    basket = make_basket(*(items or ((stock(), 1),)), shopping=shopping)
    placed = operations.place(
        basket_id=basket.pk, wanted=make_wanted(basket, shopping=shopping, **fields), now=timezone.now()
    )
    return Order.objects.get(pk=placed.order_id)


def settle_by_card(order: Order) -> None:
    """Let the provider say that an order's card was charged, without a provider: the order is paid."""
    (attempt,) = PaymentAttempt.objects.filter(order=order)
    attempt.intent_id = f"pi_{order.number}"
    attempt.save(update_fields=["intent_id"])
    said = Payment(
        id=attempt.intent_id,
        state=PaymentAttempt.State.SUCCEEDED,
        amount=attempt.amount,
        currency=attempt.currency,
        received=attempt.amount,
        charge_id=f"ch_{order.number}",
        metadata={"order_number": order.number},
    )
    paying.record(attempt, said, timezone.now())


class Guest:
    """A visitor's browser at the checkout, with just enough of a mind to fill in the form."""

    def __init__(self, *, destination: str = "MA", currency: str = "MAD", language: str = "fr") -> None:
        self.client = Client()
        self.client.cookies["destination"] = destination
        self.client.cookies["currency"] = currency
        self.language, self.destination = language, destination

    def url(self, path: str) -> str:
        return f"/{self.language}/{path}"

    def get(self, path: str) -> Any:
        return self.client.get(self.url(path))

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(self.url(path), data)

    def add(self, record: StockRecord, quantity: Any = 1) -> Any:
        return self.post(f"basket/add/{record.product_id}/", quantity=quantity, stockrecord=record.pk)

    def filled(self, **changes: Any) -> dict[str, Any]:
        """Return what the form would send, with the seal of a page asked for this address."""
        data = {
            "country": self.destination,
            "name": "فاطمة الزهراء",
            "phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٨" if self.destination == "MA" else "+33 6 12 34 56 78",
            "delivery": "home" if self.destination == "MA" else "post_ems",
            "payment": "cash" if self.destination == "MA" else "card",
        }
        if self.destination == "MA":
            province = Province.objects.get(code="TAO")
            data |= {"province": province.pk, "commune": "Taounate", "locality": "Douar Ouled Ali"}
        else:
            data |= {"street": "3 rue de la République", "postcode": "69001", "city": "Lyon"}
        data |= changes
        if "seal" not in changes:
            page = self.post("checkout/", step="quote", **data)
            data["seal"] = seal_of(page)
        return data

    def place(self, **changes: Any) -> Any:
        return self.post("checkout/place/", **self.filled(**changes))


def seal_of(page: Any) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page.content.decode())
    return found.group(1) if found else ""


def copy_line(**changes: Any) -> Line:
    """Add an order's first line once more: what stands in one never changes, so tests that break it add to it."""
    fields = Line.objects.order_by("pk").values()[0]
    return Line.objects.create(**{name: value for name, value in fields.items() if name != "id"} | changes)
