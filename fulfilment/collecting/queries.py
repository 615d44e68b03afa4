"""Reads of what waits in shops, what may be fetched there, and who keeps them."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from catalogue.kernel import phones
from catalogue.kernel.periods import day_of, local
from catalogue.lots.models import Place
from catalogue.shops.queries import calendar_of, shops, with_all_of
from fulfilment.orders.models import Line, Order
from fulfilment.orders.policies import fold_number
from fulfilment.shipping.policies import PickUp, Promise
from fulfilment.warehouse.models import Consignment

from .codes import DIGITS, fits
from .models import Collection, ShopMandate

TO_PREPARE = ("OPEN", "PICKED")
WAITING = Q(handed_over_at__isnull=True, let_go_at__isnull=True)


def pick_ups(wanted: Mapping[int, int], now: datetime) -> list[tuple[Place, PickUp]]:
    """Return the shops where all of a purchase (stock record id: pieces) can be fetched, and when.

    A shop whose hours nobody wrote is none of them.
    """
    found = [(place, pick_up_at(place, now)) for place in with_all_of(dict(wanted), now)]
    return [(place, pick_up) for place, pick_up in found if pick_up]


def pick_up_at(place: Place, now: datetime) -> PickUp | None:
    """Return when something ordered now can be fetched at a loaded shop."""
    calendar = calendar_of(place)
    ready = calendar.ready_at(local(now), settings.COLLECT_READY_MINUTES)
    kept = calendar.kept_until(ready, settings.COLLECT_KEPT_DAYS) if ready else None
    if ready is None or kept is None:
        return None
    promised = Promise(ready.date(), kept.date())
    return PickUp(place.pk, place.code, promised, cash_up_to_mad=settings.COLLECT_CASH_UP_TO_MAD)


def shop_of_code(delivery: str) -> Place | None:
    """Return the shop that a way to get an order names (``collect:CODE``), with its hours."""
    kind, _colon, code = delivery.partition(":")
    return shops().filter(code=code).first() if kind == "collect" and code else None


def counters_of(user_id: int, now: datetime) -> list[Place]:
    """Return the shops that someone keeps today (one query)."""
    today = day_of(now)
    held = ShopMandate.objects.filter(user=user_id, valid_from__lte=today, valid_until__gt=today)
    return list(Place.objects.filter(kind=Place.Kind.SHOP, mandates__in=held).distinct().order_by("code"))


def waiting_at(place_id: int) -> QuerySet[Collection]:
    """What waits in a shop to be fetched, what is kept shortest first."""
    return Collection.objects.filter(WAITING, place=place_id).select_related("order").order_by("expires_at", "pk")


def to_prepare_at(place_id: int) -> QuerySet[Consignment]:
    """What a shop has to take from its shelves, for buyers who come and for the courier, the oldest first."""
    found = Consignment.objects.filter(origin=place_id, state__in=TO_PREPARE).select_related("order")
    lines = Prefetch("order__lines", queryset=Line.objects.order_by("pk"))
    return found.prefetch_related("lines__order_line", lines).order_by("opened_at", "pk")


def found_at(place_id: int, written: str) -> list[Collection] | None:
    """Find what waits by its code, its order's number or a phone; none where a code fits nothing (a guess)."""
    waiting = waiting_at(place_id)
    plain = "".join(sign for sign in written if not sign.isspace())
    if len(plain) == DIGITS and plain.isdigit():
        return [row for row in waiting if fits(row.order.number, row.code_number, plain)] or None
    phone = _phone(written)
    by_phone = Q(order__phone=phone) | Q(order__recipient_phone=phone) if phone else Q(pk__in=[])
    return list(waiting.filter(by_phone | Q(order__number=fold_number(written))))


def _phone(written: str) -> str:
    try:
        return phones.normalise(written)
    except phones.NotAPhone:
        return ""


def collection_of(order: Order) -> Collection | None:
    """Return what is known of an order that waits, or waited, in a shop (one query, for orders that are fetched)."""
    if order.collect_at_id is None:
        return None
    return Collection.objects.select_related("place").filter(order=order.pk).first()
