"""A told purchase as rows of the shop's own tables, unsaved, in the state they would be in by now."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from django.utils import translation

from fulfilment.orders.models import Line, Order, ShippingAddress
from fulfilment.orders.operations import cash_terms, titles_of
from fulfilment.orders.policies import ALPHABET, CARD, CASH, HOLDING, NUMBER_LENGTH, PricedItem
from fulfilment.payments.models import PaymentAttempt
from fulfilment.shipping.queries import METHOD_NAMES
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from fulfilment.warehouse.policies import order_status

from . import earnings, timeline
from .draw import CANCELLED, DELIVERED, EXPIRED, REFUSED, Parcel, Purchase
from .shelf import Shelf
from .written import OPENED_AFTER, Written

State, Status, Paid = Consignment.State, Order.Status, PaymentAttempt.State


def write(purchase: Purchase, *, shelf: Shelf, random: Random, site_id: int, now: datetime) -> Written:
    """Turn a purchase into rows. What lies after ``now`` has not happened yet."""
    address = _address(purchase)
    order = _order(purchase, address, _number(random), site_id)
    lines = [_line(order, item, purchase, shelf) for item in purchase.quote.items]
    written = Written(address, order, lines, _attempt(purchase, order, now))
    if purchase.outcome != EXPIRED:
        for serial, parcel in enumerate(purchase.parcels, start=1):
            _consign(written, purchase, parcel, serial, shelf, now)
    if purchase.payment_method == CASH:
        earnings.collect(written)
    order.status = _status(purchase, written.consignments, now)
    earnings.earn(written, purchase)
    _promise(written)
    written.events = sorted(timeline.events(purchase, written), key=lambda event: event.at)
    return written


def has_ended(purchase: Purchase, now: datetime) -> bool:
    return purchase.ended_at <= now


def _number(random: Random) -> str:
    return "".join(random.choice(ALPHABET) for _ in range(NUMBER_LENGTH))


def _address(purchase: Purchase) -> ShippingAddress:
    town, postcode, state = purchase.town
    return ShippingAddress(
        last_name=purchase.buyer.name,
        phone_number=purchase.buyer.phone,
        country_id=purchase.quote.destination,
        province=purchase.province,
        commune=purchase.commune,
        locality=purchase.locality,
        landmark=purchase.landmark,
        line1=purchase.street or purchase.locality,
        line4=town,
        postcode=postcode,
        state=state,
    )


def _order(purchase: Purchase, address: ShippingAddress, number: str, site_id: int) -> Order:
    quote, delivery = purchase.quote, purchase.delivery
    total = quote.total(delivery, purchase.payment_method)
    with translation.override(purchase.buyer.language):
        method = str(METHOD_NAMES.get(delivery.code, delivery.code))
    return Order(
        number=number,
        site_id=site_id,
        shipping_address=address,
        currency=quote.currency,
        total_incl_tax=total,
        total_excl_tax=total - quote.tax - delivery.tax,
        shipping_incl_tax=delivery.price,
        shipping_excl_tax=delivery.price - delivery.tax,
        shipping_vat_pct=delivery.vat_pct,
        shipping_method=method,
        shipping_code=delivery.code,
        channel=purchase.channel,
        payment_method=purchase.payment_method,
        mad_per_unit=quote.mad_per_unit,
        price_list_id=quote.price_list_id,
        side=quote.side,
        destination=quote.destination,
        language=purchase.buyer.language,
        user_id=purchase.buyer.user_id,
        buyer_name=purchase.buyer.name,
        phone=purchase.buyer.phone,
        guest_email=purchase.buyer.email,
        date_placed=purchase.placed_at,
        **cash_terms(quote, delivery, purchase.payment_method),
    )


def _line(order: Order, item: PricedItem, purchase: Purchase, shelf: Shelf) -> Line:
    good = shelf.goods[item.stockrecord_id]
    excl_tax = item.unit_price - item.unit_tax
    return Line(
        order=order,
        partner_id=good.record.partner_id,
        partner_name=good.seller(purchase.buyer.language)[:128],
        partner_sku=good.record.partner_sku,
        stockrecord_id=item.stockrecord_id,
        product_id=good.record.product_id,
        title=good.title(purchase.buyer.language),
        titles=titles_of(good.product),
        upc=good.product.upc,
        quantity=item.quantity,
        unit_price_incl_tax=item.unit_price,
        unit_price_excl_tax=excl_tax,
        line_price_incl_tax=item.total,
        line_price_excl_tax=excl_tax * item.quantity,
        line_price_before_discounts_incl_tax=item.total,
        line_price_before_discounts_excl_tax=excl_tax * item.quantity,
        tax_code=good.product.vat_class,
        num_allocated=0,
        price_id=item.price_id,
        farm_gate_mad=item.farm_gate_mad,
        withdrawal_period=shelf.period(good, order.destination),
    )


def _attempt(purchase: Purchase, order: Order, now: datetime) -> PaymentAttempt:
    """A card was charged at once or never; cash is there when the last parcel is."""
    ended, outcome = has_ended(purchase, now), purchase.outcome
    if purchase.payment_method == CARD:
        state = Paid.CANCELLED if outcome == EXPIRED else Paid.SUCCEEDED
        changed_at = purchase.ended_at if outcome == EXPIRED else purchase.accepted_at
    elif ended:
        state = Paid.SUCCEEDED if outcome == DELIVERED else Paid.CANCELLED
        changed_at = purchase.ended_at
    else:
        state, changed_at = Paid.STARTED, purchase.placed_at
    return PaymentAttempt(
        order=order,
        number=1,
        provider="stripe" if purchase.payment_method == CARD else "cash",
        amount=order.total_incl_tax,
        currency=order.currency,
        state=state,
        captured=order.total_incl_tax if state == Paid.SUCCEEDED else 0,
        idempotency_key=f"order-{order.number}-attempt-1",
        intent_id=f"pi_history_{order.number}" if purchase.payment_method == CARD else None,
        created_at=purchase.placed_at,
        updated_at=changed_at,
    )


def _consign(written: Written, purchase: Purchase, parcel: Parcel, serial: int, shelf: Shelf, now: datetime) -> None:
    consignment = Consignment(
        reference=f"{written.order.number}-{serial}",
        order=written.order,
        origin_id=shelf.stores[parcel.cooperative_id],
        opened_at=purchase.accepted_at + OPENED_AFTER,
    )
    for state, field_name, at in _steps(purchase, parcel):
        if at > now:
            break
        consignment.state = state
        if field_name:
            setattr(consignment, field_name, at)
    written.consignments.append(consignment)
    for line in written.lines:
        if line.partner_id == parcel.cooperative_id:
            written.consignment_lines.append(
                ConsignmentLine(consignment=consignment, order_line=line, quantity=line.quantity)
            )


def _steps(purchase: Purchase, parcel: Parcel) -> Iterator[tuple[str, str, datetime]]:
    """Yield a parcel's states with the field that keeps their time, as far as its order's end lets it go."""
    steps = [
        (State.PICKED, "picked_at", parcel.picked_at),
        (State.PACKED, "packed_at", parcel.packed_at),
        (State.HANDED_OVER, "handed_over_at", parcel.handed_over_at),
    ]
    if purchase.outcome == CANCELLED:
        yield from (step for step in steps if step[2] < purchase.ended_at)
        yield State.CANCELLED, "cancelled_at", purchase.ended_at
        return
    yield from steps
    if purchase.outcome == REFUSED:
        yield State.REFUSED, "refused_at", purchase.ended_at
    else:
        yield State.DELIVERED, "delivered_at", parcel.arrived_at


def _status(purchase: Purchase, consignments: list[Consignment], now: datetime) -> str:
    if purchase.outcome != DELIVERED and has_ended(purchase, now):
        return purchase.outcome
    return order_status([consignment.state for consignment in consignments]) or Status.PREPARING


def _promise(written: Written) -> None:
    """Lines of unfinished orders hold their stock until their parcel has left."""
    if written.order.status in (Status.EXPIRED, Status.CANCELLED):
        for line in written.lines:
            line.allocation_cancelled = True
    if written.order.status not in HOLDING:
        return
    for link in written.consignment_lines:
        if link.consignment.state in (State.OPEN, State.PICKED, State.PACKED):
            link.order_line.num_allocated = link.quantity
