"""Writing an order's lines: each with its price, and what offers take off it, frozen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from catalogue.kernel.money import ZERO
from catalogue.kernel.periods import day_of
from catalogue.lots.policies import Take
from fulfilment.orders import models
from fulfilment.orders.allocating import operations as allocating
from fulfilment.orders.allocating.policies import Part, parts_of
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import LineDiscount, Quote
from fulfilment.orders.withdrawing.models import WithdrawalPeriod
from fulfilment.orders.withdrawing.queries import period_of, promised_for
from fulfilment.shipping.policies import Delivery


def write(
    order: Order, quote: Quote, delivery: Delivery, rows: Mapping[int, Any], takes: Sequence[Take], now: datetime
) -> None:
    """Write the lines of a quote, the pieces each gets, the discounts on each, and those on the delivery.

    An item whose pieces come from several places becomes as many lines.
    """
    periods = promised_for(order.destination, day_of(order.date_placed))
    parts = [part for item in quote.items for part in parts_of(item, quote.discounts_of(item), takes)]
    lines = Line.objects.bulk_create(
        _line(order, part, rows[part.item.stockrecord_id], quote, periods) for part in parts
    )
    written = list(zip(lines, parts, strict=True))
    allocating.write(((line, part.takes) for line, part in written), now)
    models.LineDiscount.objects.bulk_create(
        _row(line, discount) for line, part in written for discount in part.discounts
    )
    models.DeliveryDiscount.objects.bulk_create(
        models.DeliveryDiscount(
            order=order, name=row.name, amount=row.amount, offer_id=row.offer_id, voucher_code=row.voucher_code
        )
        for row in quote.off_delivery(delivery)
    )


def _line(order: Order, part: Part, row: Any, quote: Quote, periods: dict[str, WithdrawalPeriod]) -> Line:
    item, quantity, discounts = part.item, part.quantity, part.discounts
    product, partner = row.stockrecord.product, row.stockrecord.partner
    price, excl_tax = item.unit_price * quantity, item.unit_price - item.unit_tax
    off = sum((discount.amount for discount in discounts), ZERO)
    tax_off = sum((discount.tax for discount in discounts), ZERO)
    return Line(
        order=order,
        partner=partner,
        partner_name=partner.short_name[:128],
        partner_sku=row.stockrecord.partner_sku,
        stockrecord=row.stockrecord,
        product=product,
        title=product.title,
        titles=titles_of(product),
        upc=product.upc,
        quantity=quantity,
        unit_price_incl_tax=item.unit_price,
        unit_price_excl_tax=excl_tax,
        line_price_incl_tax=price - off,
        line_price_excl_tax=excl_tax * quantity - (off - tax_off),
        line_price_before_discounts_incl_tax=price,
        line_price_before_discounts_excl_tax=excl_tax * quantity,
        tax_code=row.vat_class,
        num_allocated=quantity,
        price=row,
        farm_gate_mad=item.farm_gate_mad,
        given_mad=sum((discount.cooperative_mad for discount in discounts), ZERO),
        seller_of_record=row.seller_of_record,
        floor_mad=quote.floors.get(item.stockrecord_id),
        withdrawal_period=period_of(product, periods),
    )


def _row(line: Line, discount: LineDiscount) -> models.LineDiscount:
    return models.LineDiscount(
        line=line,
        name=discount.name[:128],
        amount=discount.amount,
        tax=discount.tax,
        cooperative_mad=discount.cooperative_mad,
        offer_id=discount.offer_id,
        voucher_code=discount.voucher_code,
    )


def titles_of(product: Any) -> dict[str, str]:
    """Return a product's name in every language it has one in, to keep."""
    names = {code: getattr(product, f"title_{code}") for code, _name in settings.LANGUAGES}
    return {code: name for code, name in names.items() if name}
