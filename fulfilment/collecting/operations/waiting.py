"""An order in its shop: made ready, handed over under its code, kept longer once, let go when nobody came.

Each locks the order's row, then the collection's; consignments and stock follow in the operations called.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import instant_of, local
from catalogue.lots.models import Place
from catalogue.shops.queries import calendar_of, with_hours
from fulfilment.collecting import signals
from fulfilment.collecting.codes import fits
from fulfilment.collecting.models import MOST_CODES, MOST_WRONG, Collection
from fulfilment.orders import operations as orders
from fulfilment.orders.models import Order, OrderEvent
from fulfilment.orders.policies import CASH
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment

from .keeping import till_of

State = Consignment.State
UNKNOWN_HOURS = timedelta(days=10)
"""How long a shop keeps an order whose hours nobody wrote since it was placed."""


class NotWaiting(Exception):
    """Nothing of this order waits in this shop: it is another shop's, handed over, or let go."""


class WrongCode(Exception):
    """The code does not fit; ``left`` says how many tries remain."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"wrong code, {left} left")


class CodeLocked(Exception):
    """So many codes were wrong that a new one must be sent to the buyer."""


class TooLate(Exception):
    """It was kept as long as was promised; it may be kept longer once, or goes back on the shelf."""


class ExtendedAlready(Exception):
    """It was kept longer once."""


class NoMoreCodes(Exception):
    """As many codes were given as there may be; the office sees to it."""


@transaction.atomic
def prepare(*, consignment_id: int, place_id: int, by: Any, now: datetime) -> Consignment:
    """Say that everything was taken from the shelf and packed. Raises ``NotWaiting`` for another place's."""
    found = Consignment.objects.filter(pk=consignment_id, origin=place_id).first()
    if found is None:
        raise NotWaiting(consignment_id)
    if found.state == State.OPEN:
        warehouse.pick(consignment_id=consignment_id, by=by, now=now)
    return warehouse.pack(consignment_id=consignment_id, by=by, now=now)


@transaction.atomic
def make_ready(*, order_id: int, now: datetime) -> Collection | None:
    """Keep a packed order for its buyer, and have the code sent. A second call changes nothing.

    None for an order that is sent, or was sold at the counter. Announces ``collection_ready``.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    if order.collect_at_id is None or order.channel == Order.Channel.SHOP:
        return None
    made, is_new = Collection.objects.get_or_create(
        order=order,
        defaults={
            "place_id": order.collect_at_id,
            "ready_at": now,
            "expires_at": _kept_until(order.collect_at_id, now),
        },
    )
    if is_new:
        events.announce(signals.collection_ready, order_id=order.pk, code_number=made.code_number)
    return made


def hand_over(*, order_id: int, place_id: int, code: str, by: Any, now: datetime) -> Collection:
    """Give an order to whoever knows its code, and take its cash where that is due.

    What is taken is owed by the shop's till until it is handed in. Raises ``NotWaiting``, ``TooLate``, ``CodeLocked``
    or ``WrongCode``, which is counted.
    """
    with transaction.atomic():
        order, collection = _locked(order_id, place_id)
        refused = _refusal(order, collection, code, now)
        if refused is None:
            _give(order, collection, by, now)
    if refused is not None:
        raise refused
    return collection


def _refusal(order: Order, collection: Collection, code: str, now: datetime) -> Exception | None:
    if now >= collection.expires_at:
        return TooLate(order.number)
    if collection.is_locked:
        return CodeLocked(order.number)
    if fits(order.number, collection.code_number, code):
        return None
    collection.wrong_codes += 1
    collection.save(update_fields=["wrong_codes"])
    return WrongCode(MOST_WRONG - collection.wrong_codes)


def _give(order: Order, collection: Collection, by: Any, now: datetime) -> None:
    collection.handed_over_at, collection.handed_over_by = now, by
    collection.paid_how = _paid_how(order)
    collection.save(update_fields=["handed_over_at", "handed_over_by", "paid_how"])
    courier_id = till_of(collection.place).courier_id
    for consignment_id in _packed(order):
        warehouse.hand_over(consignment_id=consignment_id, by=by, now=now, courier_id=courier_id)
        warehouse.deliver(consignment_id=consignment_id, by=by, now=now)


@transaction.atomic
def note_handed_over(*, order_id: int, now: datetime) -> None:
    """End a collection whose parcel was given to its buyer in another way, such as by the office."""
    order = lock_one(Order.objects.filter(pk=order_id))
    waiting = Collection.objects.filter(order=order, handed_over_at=None, let_go_at=None)
    waiting.update(handed_over_at=now, paid_how=_paid_how(order))


@transaction.atomic
def extend(*, order_id: int, place_id: int, now: datetime) -> Collection:
    """Keep an order as long again, once. Raises ``NotWaiting`` or ``ExtendedAlready``."""
    _order, collection = _locked(order_id, place_id)
    if collection.extended_at:
        raise ExtendedAlready(order_id)
    collection.extended_at = now
    collection.expires_at = _kept_until(place_id, max(now, collection.expires_at))
    collection.save(update_fields=["extended_at", "expires_at"])
    return collection


@transaction.atomic
def give_new_code(*, order_id: int, place_id: int, now: datetime) -> Collection:
    """Send the buyer another code; the last one opens nothing any more. Announces ``collection_ready``.

    Raises ``NotWaiting`` or ``NoMoreCodes``.
    """
    _order, collection = _locked(order_id, place_id)
    if collection.code_number >= MOST_CODES:
        raise NoMoreCodes(order_id)
    collection.code_number, collection.wrong_codes = collection.code_number + 1, 0
    collection.save(update_fields=["code_number", "wrong_codes"])
    events.announce(signals.collection_ready, order_id=order_id, code_number=collection.code_number)
    return collection


@transaction.atomic
def let_go(*, order_id: int, now: datetime) -> bool:
    """Cancel an order that nobody fetched in time: its goods are on offer again, what was paid goes back.

    False when it was handed over, is kept longer, or left its shop in another way.
    """
    order = lock_one(Order.objects.filter(pk=order_id))
    collection = lock_one(Collection.objects.filter(order=order))
    if not collection.is_waiting or now < collection.expires_at:
        return False
    if order.consignments.exclude(state__in=(State.PACKED, State.CANCELLED)).exists():
        return False
    collection.let_go_at = now
    collection.save(update_fields=["let_go_at"])
    OrderEvent.objects.create(order=order, kind="not_collected", at=now)
    warehouse.call_off_packed(order_id=order.pk, now=now)
    orders.cancel(order_id=order.pk, now=now)
    return True


def _locked(order_id: int, place_id: int) -> tuple[Order, Collection]:
    """Lock an order and what of it waits in this shop. Raises ``NotWaiting``."""
    order = lock_one(Order.objects.filter(pk=order_id))
    found = Collection.objects.filter(order=order, place=place_id, handed_over_at=None, let_go_at=None)
    try:
        return order, lock_one(found)
    except Collection.DoesNotExist:
        raise NotWaiting(order.number) from None


def _packed(order: Order) -> list[int]:
    return list(order.consignments.exclude(state=State.CANCELLED).order_by("pk").values_list("pk", flat=True))


def _paid_how(order: Order) -> str:
    return Collection.Paid.CASH if order.payment_method == CASH else Collection.Paid.BEFORE


def _kept_until(place_id: int, ready: datetime) -> datetime:
    place = with_hours(Place.objects.filter(pk=place_id)).get()
    moment = local(ready).replace(tzinfo=None)
    kept = calendar_of(place).kept_until(moment, settings.COLLECT_KEPT_DAYS)
    return instant_of(kept) if kept else ready + UNKNOWN_HOURS
