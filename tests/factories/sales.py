"""Orders written as rows, in any state and on any day, for pages and reports. Buying itself: tests.factories.orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.cooperatives.models import Partner, StockRecord
from catalogue.kernel.periods import day_of
from catalogue.pricing import terms
from catalogue.pricing.models import Price, PriceList
from catalogue.pricing.operations import making
from catalogue.pricing.queries import rates_of
from fulfilment.orders.models import Line, Order, ShippingAddress
from fulfilment.orders.operations import titles_of
from fulfilment.orders.withdrawing.queries import period_of, periods_for
from fulfilment.warehouse.models import Consignment, ConsignmentLine

from .catalogue import make_country, make_stockrecord, publish_prices
from .lots import store_of

RATES = {"MAD": Decimal(1), "EUR": Decimal("10.80"), "USD": Decimal("9.30")}
numbers = count(1)


def make_order(
    *items: tuple[StockRecord, int],
    currency: str = "MAD",
    destination: str = "MA",
    status: str = Order.Status.CONFIRMED,
    method: str = Order.PaymentMethod.CASH,
    placed_at: datetime | None = None,
    shipping: str = "0.00",
    total: str | None = None,
    **fields: Any,
) -> Order:
    """Return an order of ``items`` (stock record, quantity), its totals worked out from the published prices."""
    now = timezone.now()
    items = items or ((make_stockrecord(), 1),)
    publish_missing(items)
    side = "home" if destination == "MA" else "export"
    lines = [(record, quantity, price_of(record, currency, side)) for record, quantity in items]
    goods = sum((price.price * quantity for _, quantity, price in lines), Decimal(0))
    goods_excl = sum((price.price_excl_tax * quantity for _, quantity, price in lines), Decimal(0))
    amount = Decimal(total) if total else goods + Decimal(shipping)
    country = make_country(destination, destination)
    address = ShippingAddress.objects.create(
        last_name=fields.get("buyer_name", "Fatima Zahra"), line1="12 rue du Four", line4="Taounate", country=country
    )
    order = Order.objects.create(
        **{
            "number": f"T{next(numbers):07d}",
            "site_id": 1,
            "currency": currency,
            "mad_per_unit": RATES[currency],
            "price_list": lines[0][2].price_list,
            "side": side,
            "destination": destination,
            "language": "fr",
            "buyer_name": "Fatima Zahra",
            "phone": "+212612345678",
            "guest_email": "fatima@example.com",
            "status": status,
            "payment_method": method,
            "date_placed": placed_at or now,
            "shipping_address": address,
            "total_incl_tax": amount,
            "total_excl_tax": amount if total else goods_excl + Decimal(shipping),
            "shipping_incl_tax": Decimal(shipping),
            "shipping_excl_tax": Decimal(shipping),
        }
        | fields
    )
    for record, quantity, price in lines:
        make_line(order, record, quantity, price)
    return order


def make_line(order: Order, record: StockRecord, quantity: int, price: Any) -> Line:
    incl, excl = price.price, price.price_excl_tax
    return Line.objects.create(
        order=order,
        partner=record.partner,
        partner_name=record.partner.name,
        partner_sku=record.partner_sku,
        stockrecord=record,
        product=record.product,
        title=record.product.get_title(),
        titles=titles_of(record.product),
        num_allocated=0,
        quantity=quantity,
        unit_price_incl_tax=incl,
        unit_price_excl_tax=excl,
        line_price_incl_tax=incl * quantity,
        line_price_excl_tax=excl * quantity,
        line_price_before_discounts_incl_tax=incl * quantity,
        line_price_before_discounts_excl_tax=excl * quantity,
        price=price,
        farm_gate_mad=record.farm_gate_price,
        withdrawal_period=period_of(record.product, periods_for(order.destination, day_of(order.date_placed))),
    )


def publish_missing(items: Sequence[tuple[StockRecord, int]]) -> None:
    """Price what has no price yet: in a first list, or added to the list in force (two lists a second apart clash)."""
    if all(record.prices.exists() for record, _ in items):
        return
    current = PriceList.objects.filter(ends_at__isnull=True).first()
    if current is None:
        publish_prices()
        return
    priced = current.prices.values_list("stockrecord_id", flat=True)
    records = StockRecord.objects.exclude(pk__in=priced).values_list(*making.READ)
    found = terms.on(day_of(timezone.now()))
    rows = [row for record in records for row in making.rows(record, "opening", found, rates_of(current))]
    Price.objects.bulk_create(Price(price_list=current, **dict(zip(making.COLUMNS, row, strict=False))) for row in rows)


def price_of(record: StockRecord, currency: str, side: str) -> Any:
    return (
        record.prices.filter(currency=currency, side=side).select_related("price_list").latest("price_list__starts_at")
    )


def make_consignment(
    order: Order, cooperative: Partner | None = None, state: str = Consignment.State.OPEN, **fields: Any
) -> Consignment:
    """Return what one cooperative sends for an order; by default the cooperative of its first line."""
    cooperative = cooperative or order.lines.order_by("pk")[0].partner
    now = timezone.now()
    times = {"delivered_at": now} if state == Consignment.State.DELIVERED else {}
    consignment = Consignment.objects.create(
        **{
            "reference": f"{order.number}-{cooperative.code}",
            "order": order,
            "origin": store_of(cooperative),
            "state": state,
            "opened_at": order.date_placed,
            **times,
        }
        | fields
    )
    for line in order.lines.filter(partner=cooperative):
        ConsignmentLine.objects.create(consignment=consignment, order_line=line, quantity=line.quantity)
    return consignment
