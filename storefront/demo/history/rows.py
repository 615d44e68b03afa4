"""A told purchase as rows of the shop's own tables, unsaved, in the state they would be in by now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import translation

from catalogue.kernel.money import ZERO
from fulfilment.orders.models import Line, Order, OrderEvent, ShippingAddress
from fulfilment.orders.operations import cash_terms, titles_of
from fulfilment.orders.policies import ALPHABET, CARD, CASH, HOLDING, NUMBER_LENGTH, PricedItem
from fulfilment.orders.withdrawing.policies import ends_at
from fulfilment.payments.models import CashCollected, PaymentAttempt
from fulfilment.payouts.models import OrderCash, Payable
from fulfilment.shipping.queries import METHOD_NAMES
from fulfilment.warehouse.models import Consignment, ConsignmentLine
from fulfilment.warehouse.policies import order_status

from .draw import CANCELLED, DELIVERED, EXPIRED, REFUSED, Parcel, Purchase
from .shelf import Shelf

OPENED_AFTER = timedelta(seconds=2)
State, Status, Paid = Consignment.State, Order.Status, PaymentAttempt.State


@dataclass
class Written:
    """One order's rows, in the order in which they are saved."""

    address: ShippingAddress
    order: Order
    lines: list[Line]
    attempt: PaymentAttempt
    consignments: list[Consignment] = field(default_factory=list)
    consignment_lines: list[ConsignmentLine] = field(default_factory=list)
    payables: list[Payable] = field(default_factory=list)
    cash: OrderCash | None = None
    events: list[OrderEvent] = field(default_factory=list)
    collections: list[CashCollected] = field(default_factory=list)


def write(purchase: Purchase, *, shelf: Shelf, random: Random, site_id: int, now: datetime) -> Written:
    """Turn a purchase into rows. What lies after ``now`` has not happened yet."""
    address = _address(purchase)
    order = _order(purchase, address, _number(random), site_id)
    lines = [_line(order, item, purchase, shelf) for item in purchase.quote.items]
    written = Written(address, order, lines, _attempt(purchase, order, now))
    if purchase.outcome != EXPIRED:
        for serial, parcel in enumerate(purchase.parcels, start=1):
            _consign(written, purchase, parcel, serial, now)
    if purchase.payment_method == CASH:
        _collect(written)
    order.status = _status(purchase, written.consignments, now)
    _earn(written, purchase)
    _promise(written)
    written.events = sorted(_events(purchase, written), key=lambda event: event.at)
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


def _consign(written: Written, purchase: Purchase, parcel: Parcel, serial: int, now: datetime) -> None:
    consignment = Consignment(
        reference=f"{written.order.number}-{serial}",
        order=written.order,
        cooperative_id=parcel.cooperative_id,
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


def _collect(written: Written) -> None:
    """Each delivered parcel was paid at the door, the first with the delivery, the rounding and the duty."""
    door = written.order.at_the_door
    with_first = written.order.shipping_incl_tax + (door.change if door else ZERO)
    delivered = [parcel for parcel in written.consignments if parcel.delivered_at is not None]
    for parcel in sorted(delivered, key=lambda parcel: (parcel.delivered_at, parcel.reference)):
        first = not written.collections
        inside = [link.order_line for link in written.consignment_lines if link.consignment is parcel]
        amount = sum((line.line_price_incl_tax for line in inside), with_first if first else ZERO)
        written.collections.append(
            CashCollected(
                attempt=written.attempt,
                parcel=parcel.reference,
                amount=amount,
                with_delivery=first,
                collected_at=parcel.delivered_at,
            )
        )
    written.attempt.captured = sum((row.amount for row in written.collections), ZERO)


def _earn(written: Written, purchase: Purchase) -> None:
    """Write what each delivered line earned, dated once all has arrived; cash, once it is handed in."""
    is_cash = written.order.payment_method == CASH
    whole = written.order.status == Status.DELIVERED
    for link in written.consignment_lines:
        parcel, line = link.consignment, link.order_line
        if parcel.state != State.DELIVERED:
            continue
        written.payables.append(
            Payable(
                cooperative_id=parcel.cooperative_id,
                order_line=line,
                earned_at=parcel.delivered_at,
                withdrawal_ends_at=ends_at(purchase.ended_at, line.withdrawal_period.days) if whole else None,
                money_in_at=None if is_cash else parcel.delivered_at,
            )
        )
    if is_cash and written.payables:
        written.cash = OrderCash(order=written.order)


def date_cash(written: Written) -> None:
    """Say since when all the money of an order paid at the door is in, once its couriers have handed it in."""
    handed_in = [row.remittance for row in written.collections]
    if written.cash is None or written.order.status != Status.DELIVERED or not all(handed_in):
        return
    written.cash.in_at = max(remittance.recorded_at for remittance in handed_in if remittance is not None)
    for payable in written.payables:
        payable.money_in_at = written.cash.in_at


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


def _events(purchase: Purchase, written: Written) -> Iterator[OrderEvent]:
    order, status = written.order, written.order.status
    waiting = Status.PENDING_CONFIRMATION if purchase.payment_method == CASH else Status.PENDING_PAYMENT
    accepted = Status.CONFIRMED if purchase.payment_method == CASH else Status.PAID

    def moved(old: str, new: str, at: datetime) -> OrderEvent:
        return OrderEvent(order=order, kind=new.lower(), at=at, data={"from": old})

    yield OrderEvent(order=order, kind="placed", at=purchase.placed_at)
    if status == Status.EXPIRED:
        yield moved(waiting, status, purchase.ended_at)
        return
    yield moved(waiting, accepted, purchase.accepted_at)
    yield moved(accepted, Status.PREPARING, purchase.accepted_at + OPENED_AFTER)
    for consignment in written.consignments:
        yield from _consignment_events(order, consignment)
    if status == Status.CANCELLED:
        yield moved(Status.PREPARING, status, purchase.ended_at)
        return
    if status in (Status.SHIPPED, Status.DELIVERED, Status.REFUSED):
        shipped_at = max(parcel.handed_over_at for parcel in purchase.parcels)
        yield moved(Status.PREPARING, Status.SHIPPED, shipped_at)
    if status in (Status.DELIVERED, Status.REFUSED):
        yield moved(Status.SHIPPED, status, purchase.ended_at)


TIMES = {
    State.OPEN: "opened_at",
    State.PICKED: "picked_at",
    State.PACKED: "packed_at",
    State.HANDED_OVER: "handed_over_at",
    State.DELIVERED: "delivered_at",
    State.REFUSED: "refused_at",
    State.CANCELLED: "cancelled_at",
}


def _consignment_events(order: Order, consignment: Consignment) -> Iterator[OrderEvent]:
    steps: list[tuple[str, Any]] = [(state, getattr(consignment, field_name)) for state, field_name in TIMES.items()]
    for state, at in steps:
        if at is not None:
            data = {"consignment": consignment.reference}
            yield OrderEvent(order=order, kind=f"consignment_{state.lower()}", at=at, data=data)
