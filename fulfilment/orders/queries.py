"""Reads of orders, and what a purchase would cost."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from catalogue.cooperatives.queries import current_prices
from catalogue.kernel.money import MAD, ZERO
from catalogue.kernel.periods import day_of
from catalogue.kernel.shopping import HOME_COUNTRY, Shopping
from catalogue.pricing.queries import carriage_vat_pct, stamp_duty_on
from catalogue.products.models import Product
from fulfilment.shipping import queries as shipping
from fulfilment.shipping.policies import Load, PickUp, Terms, deliveries, fetched, flags_of
from fulfilment.shipping.sending.policies import Goods
from fulfilment.shipping.sending.queries import sending_rules

from .at_the_door import NO_RULES, CashRules
from .breakdown import Breakdown, Sold, break_down
from .discounting import NOTHING, AtHand, Given, Good, discount, off_delivery
from .models import Line, Order
from .policies import Item, PricedItem, Quote, by_stockrecord
from .withdrawing import queries as withdrawing


def price_rows(stockrecord_ids: Iterable[int], *, shopping: Shopping, now: datetime) -> dict[int, Any]:
    """Return the rows in force by stock record, with all that an order line copies (one query).

    What was withdrawn, or whose cooperative is no longer active, has no row: it stays in baskets and is not for sale.
    """
    rows = current_prices(shopping, now).filter(
        stockrecord_id__in=set(stockrecord_ids),
        stockrecord__product__is_public=True,
        stockrecord__product__status=Product.Status.PUBLISHED,
        stockrecord__partner__is_active=True,
    )
    rows = rows.select_related("price_list", "stockrecord__partner", "stockrecord__product")
    return {row.stockrecord_id: row for row in rows}


def quote(
    items: Iterable[Item],
    *,
    shopping: Shopping,
    zone_code: str,
    now: datetime,
    rows: dict[int, Any] | None = None,
    offers: AtHand = NOTHING,
    pick_ups: Sequence[PickUp] = (),
) -> Quote:
    """Work out prices, discounts, refusals and deliveries of a purchase. Reads only.

    Items of one stock record are taken together. ``rows`` saves reading prices twice; ``offers`` are those at hand
    for these items and this buyer. ``pick_ups`` are shops that have all of it, offered after the ways to send it.
    """
    quantities = by_stockrecord(items)
    items = [Item(pk, quantity) for pk, quantity in quantities.items()]
    if rows is None:
        rows = price_rows((item.stockrecord_id for item in items), shopping=shopping, now=now)
    tariffs = shipping.tariffs_of(zone_code) if zone_code else []
    rules = sending_rules(shopping.destination, now=now, zone_code=zone_code, tariffs=tariffs)
    known = [item for item in items if item.stockrecord_id in rows]
    refused = rules.refusals([_goods(item, rows[item.stockrecord_id]) for item in known])
    priced = tuple(
        _priced(item, rows[item.stockrecord_id], refused_by) for item, refused_by in zip(known, refused, strict=True)
    )
    price_list = next((row.price_list for row in rows.values()), None)
    rate = mad_per_unit(price_list, shopping.currency) if price_list else Decimal(1)
    goods = [_good(pk, quantity, rows[pk], offers) for pk, quantity in quantities.items() if pk in rows]
    given = discount(goods, offers.offers, currency=shopping.currency, mad_per_unit=rate)
    found = Quote(
        currency=shopping.currency,
        destination=shopping.destination,
        mad_per_unit=rate,
        price_list_id=price_list.pk if price_list else None,
        items=priced,
        unpriced=tuple(item.stockrecord_id for item in items if item.stockrecord_id not in rows),
        heaviest_g=rules.heaviest_g,
        discounts=given.discounts,
        notes=given.notes,
        cash_rules=cash_rules(now) if (tariffs or pick_ups) and in_cash(shopping) else NO_RULES,
        floors={good.stockrecord_id: good.floor_mad for good in goods if good.stockrecord_id in offers.gives_up_pct},
    )
    if not priced:
        return found
    sent = _with_deliveries(found, tariffs, given, day_of(now)) if tariffs else found
    collected = tuple(fetched(place, found.currency) for place in pick_ups)
    return replace(sent, deliveries=(*sent.deliveries, *collected))


def in_cash(shopping: Shopping) -> bool:
    """Tell whether a courier may be paid there at all: in dirhams, in Morocco."""
    return shopping.currency == MAD and shopping.destination == HOME_COUNTRY


def cash_rules(now: datetime) -> CashRules:
    """Return what holds for cash at an instant (one query)."""
    duty = stamp_duty_on(day_of(now))
    if duty is None:
        return CashRules(step=settings.CASH_ROUNDING_MAD)
    return CashRules(step=settings.CASH_ROUNDING_MAD, duty_pct=duty.rate_pct, borne_by=duty.borne_by)


def _with_deliveries(found: Quote, tariffs: list[Terms], given: Given, day: date) -> Quote:
    methods = deliveries(
        tariffs,
        destination=found.destination,
        load=found.load,
        goods_mad=found.goods_mad,
        currency=found.currency,
        mad_per_unit=found.mad_per_unit,
        vat_pct=carriage_vat_pct(found.side, day),
    )
    reduced = [off_delivery(method, given.of_delivery, found.mad_per_unit) for method in methods]
    cheapest_first = sorted((method for method, _rows in reduced), key=lambda method: method.rank)
    rows = tuple(row for _method, rows in reduced for row in rows)
    return replace(found, deliveries=tuple(cheapest_first), delivery_discounts=rows)


def _good(stockrecord_id: int, quantity: int, row: Any, offers: AtHand) -> Good:
    return Good(
        stockrecord_id=stockrecord_id,
        quantity=quantity,
        unit_price=row.price,
        unit_tax=row.part_tax,
        vat_pct=row.vat_rate_pct if row.part_tax else ZERO,
        farm_gate_mad=row.farm_gate_mad,
        floor_mad=offers.floor_mad(stockrecord_id, row.farm_gate_mad),
    )


def _priced(item: Item, row: Any, refused_by: str) -> PricedItem:
    return PricedItem(
        stockrecord_id=item.stockrecord_id,
        quantity=item.quantity,
        price_id=row.pk,
        unit_price=row.price,
        unit_tax=row.part_tax,
        farm_gate_mad=row.farm_gate_mad,
        load=load_of(row.stockrecord.product),
        refused_by=refused_by,
    )


def load_of(product: Any) -> Load:
    volume = (product.length_cm or 0) * (product.width_cm or 0) * (product.height_cm or 0)
    return Load(product.gross_weight_g, Decimal(volume), cold=product.cold_chain)


def goods_of(product: Any, cooperative_id: int, quantity: int = 1) -> Goods:
    """Return some of what a cooperative sells as the sending rules see it."""
    flags = flags_of(product.ship_flags, product.kind)
    return Goods(flags, load_of(product) * quantity, cooperative_id)


def _goods(item: Item, row: Any) -> Goods:
    return goods_of(row.stockrecord.product, row.stockrecord.partner_id, item.quantity)


def mad_per_unit(price_list: Any, currency: str) -> Decimal:
    """Return the rate that a price list carries for a currency."""
    return {MAD: Decimal(1), "EUR": price_list.eur_rate, "USD": price_list.usd_rate}[currency]


def order_of_basket(basket_id: int) -> Order | None:
    """Return the order that a basket became: what a second press of the button finds."""
    return Order.objects.filter(basket_reference=basket_id).first()


def for_page(number: str) -> Order | None:
    """Return an order with what its page shows, in a fixed number of queries."""
    above = "consignment_line__consignment"  # like the invoice, of an app above: reached by name
    lines = withdrawing.for_withdrawing(frozen_lines().select_related("product__family", "partner", above))
    parcels: QuerySet[Any] = apps.get_model("warehouse", "Consignment").objects.select_related("origin", "courier")
    return (
        Order.objects.select_related(
            "user",
            "price_list",
            "invoice",  # of the app above, reached by name
            "invoice_party",
            "shipping_address__country",
            "shipping_address__province",
            "shipping_address__commune",
        )
        .defer("invoice__content")
        .prefetch_related(
            Prefetch("lines", queryset=lines),
            "delivery_discounts",
            "events",
            Prefetch("consignments", queryset=parcels),
        )
        .filter(number=number)
        .first()
    )


def frozen_lines() -> QuerySet[Line]:
    """Return order lines with the row each was sold at and what was taken off it (two queries)."""
    return Line.objects.select_related("price").prefetch_related("discounts").order_by("pk")


def breakdown_of(order: Order, lines: Iterable[Line]) -> Breakdown:
    """Say where an order's money goes, from its own ``frozen_lines`` and nothing of today."""
    sold = [Sold(line.partner_name, line.quantity, line.price.parts, tuple(line.discounts.all())) for line in lines]
    door = order.at_the_door
    return break_down(
        sold,
        currency=order.currency,
        mad_per_unit=order.mad_per_unit,
        delivery=order.shipping_incl_tax,
        delivery_tax=order.shipping_incl_tax - order.shipping_excl_tax,
        rounding=door.rounding if door else ZERO,
        stamp_duty=door.duty_of_buyer if door else ZERO,
    )


def parcel_states(order: Order) -> list[str]:
    """Return how far each of an order's parcels is."""
    consignments = apps.get_model("warehouse", "Consignment").objects  # stands above, so reached by name
    return list(consignments.filter(order_id=order.pk).values_list("state", flat=True))


def unpaid_since(now: datetime) -> QuerySet[Order]:
    """Return orders whose time to pay is over."""
    return Order.objects.filter(Q(status=Order.Status.PENDING_PAYMENT), reserved_until__lte=now).order_by("pk")
