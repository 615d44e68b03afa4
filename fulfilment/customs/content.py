"""Puts a parcel's frozen rows together as a customs declaration: data that reads the same in ten years."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalogue.kernel.money import CURRENCIES, EUR, ZERO
from catalogue.kernel.periods import day_of
from catalogue.pricing.queries import rates_of
from catalogue.products.models import Product
from fulfilment.invoices.queries import invoice_of
from fulfilment.orders.models import Order
from fulfilment.shipping.arrivals.policies import Terms, value_in
from fulfilment.shipping.arrivals.queries import terms_for
from fulfilment.shipping.queries import block_of, is_served
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from fulfilment.warehouse.queries import gross_weight_g

from . import policies, queries
from .policies import Item

Content = dict[str, Any]
HAMPER = "gift"
SALE = "sale"
"""Everything the shop sends was sold, also when somebody else receives it: never a gift in the eyes of customs."""


class NotDeclarable(Exception):
    """Customs cannot be told what this product is: ``title``. The message is a sentence for whoever packs."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(
            _("“%(product)s” has no tariff code (HS). Write it on the product first, then go on.") % {"product": title}
        )


def items_of(lines: Collection[ConsignmentLine]) -> list[Item]:
    """Return what is in a parcel as customs sees it, a hamper by what it holds. Raises ``NotDeclarable``."""
    hampers = queries.inside(
        line.order_line.product_id for line in lines if line.order_line.product and _is_hamper(line.order_line.product)
    )
    return [item for line in lines for item in _items(line, hampers.get(line.order_line.product_id, []))]


def content_of(consignment: Consignment, *, now: datetime) -> Content:
    """Return a parcel's declaration; its values add up to what its lines cost. Raises ``NotDeclarable``."""
    order, lines = consignment.order, queries.goods_in(consignment.pk)
    items = items_of(lines)
    value = sum((item.value for item in items), ZERO)
    net_g = sum(item.net_g for item in items)
    postage = queries.postage_of(consignment)
    mad_per_sdr = queries.mad_per_sdr(day_of(now))
    value_sdr = policies.in_sdr(value * order.mad_per_unit, mad_per_sdr)
    invoice = invoice_of(order.pk)
    return {
        "consignment": consignment.reference,
        "order": order.number,
        "invoice": invoice.number if invoice else "",
        "made_on": day_of(now).isoformat(),
        "reason": SALE,
        "seller": {**settings.SELLER, "phone": settings.SHOP_PHONE},
        "recipient": _recipient(order),
        "destination": order.destination,
        "service": queries.service_of(order.destination, order.shipping_code),
        "currency": order.currency,
        "mad_per_unit": str(order.mad_per_unit),
        "mad_per_sdr": str(mad_per_sdr or ""),
        "value_sdr": str(value_sdr if value_sdr is not None else ""),
        "items": [_as_texts(item) for item in items],
        "rows": [_as_texts(row) for row in policies.rows_of(items)],
        "net_g": net_g,
        "gross_g": max(gross_weight_g(lines) or 0, net_g),
        "value": str(value),
        "postage": str(postage),
        "total": str(value + postage),
        **_arrival(order, value, now),
    }


def papers_of(content: Content) -> tuple[str, ...]:
    """Name the papers that a declaration needs."""
    sdr = Decimal(content["value_sdr"]) if content["value_sdr"] else None
    return policies.papers_for(content["service"], gross_g=content["gross_g"], value_sdr=sdr)


def _is_hamper(product: Product) -> bool:
    return product.kind == HAMPER


def _items(line: ConsignmentLine, parts: list[Any]) -> list[Item]:
    sold = line.order_line
    if sold.product is None:
        raise NotDeclarable(sold.title)
    if not parts:
        return [_item(sold.product, sold.titles.get("fr") or sold.title, line.quantity, sold.line_price_incl_tax)]
    counts = [part.quantity * line.quantity for part in parts]
    values = policies.share(
        sold.line_price_incl_tax,
        [part.worth and part.worth * part.quantity for part in parts],
        [_net(part.product)[0] * part.quantity for part in parts],
    )
    return [
        _item(part.product, part.product.title_fr or part.product.title, count, value)
        for part, count, value in zip(parts, counts, values, strict=True)
    ]


def _item(product: Product, title: str, quantity: int, value: Decimal) -> Item:
    heading = product.hs_code or product.family.hs_code
    if not heading:
        raise NotDeclarable(title)
    net_g, is_gross = _net(product)
    family = product.family
    return Item(
        title=title,
        family_fr=getattr(family, "name_fr", "") or family.name,
        family_en=getattr(family, "name_en", "") or family.name,
        heading=heading,
        province=product.origin.name_fr or product.origin.name,
        mention=product.origin.region.eu_origin_mention,
        quantity=quantity,
        net_g=net_g * quantity,
        value=value,
        net_is_gross=is_gross,
    )


def _net(product: Product) -> tuple[int, bool]:
    return policies.net_weight(
        net_g=product.net_weight_g,
        net_value=product.net_value,
        net_unit=product.net_unit,
        gross_g=product.gross_weight_g,
    )


def _as_texts(row: Any) -> Content:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in vars(row).items()}


def _recipient(order: Order) -> Content:
    address = order.shipping_address
    if address is None:
        return {"name": order.recipient_name or order.buyer_name, "lines": [], "phone": order.door_phone}
    street = dict.fromkeys((address.line1, address.line2, address.line3))
    town = " ".join(part for part in (address.postcode, address.line4, address.state) if part)
    return {
        "name": address.last_name,
        "lines": [line for line in (*street, town) if line],
        "phone": order.door_phone,
    }


def _arrival(order: Order, value: Decimal, now: datetime) -> Content:
    """Say under which number of the seller the parcel enters, and whether its origin is declared on the invoice."""
    rates = rates_of(order.price_list)
    by_currency = {currency: rates.of(currency) for currency in CURRENCIES} | {order.currency: order.mad_per_unit}
    block = block_of(order.destination) if is_served(order.destination) else ""
    value_eur = value_in(value, order.currency, EUR, by_currency)
    terms = terms_for(order.destination, now=now)
    return {
        "block": block,
        "origin_declared": policies.may_declare_origin(block, value_eur),
        "seller_number": _seller_number(terms, value, order.currency, by_currency) if terms else {},
    }


def _seller_number(terms: Terms, value: Decimal, currency: str, rates: dict[str, Decimal]) -> Content:
    """Return the number under which the shop settles import VAT; it covers parcels up to a limit, which is said where
    no rate tells whether this one is above it."""
    if not terms.seller_number:
        return {}
    if terms.value_limit is None:
        return {"number": terms.seller_number, "limit": "", "currency": ""}
    exact = value_in(value, currency, terms.currency, rates)
    if exact is not None and exact > terms.value_limit:
        return {}
    limit = {"limit": str(terms.value_limit), "currency": terms.currency} if exact is None else {}
    return {"number": terms.seller_number, "limit": "", "currency": ""} | limit
