"""Reads of what couriers told, and of what they are to be told."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from catalogue.kernel.periods import day as whole_day
from catalogue.kernel.sealing import unseal
from fulfilment.payments import frozen
from fulfilment.payments.models import PaymentAttempt
from fulfilment.shipping.models import Courier
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.policies import UNDER_WAY

from .gateways import Announced, CourierGateway, gateway_for
from .models import CourierProfile, StatusFile, StatusWord, TrackingEvent
from .policies import folded

PURPOSE = "tracking.secret"
Outcome = TrackingEvent.Outcome
LISTS = {
    "open": (*TrackingEvent.TO_SEE_TO, Outcome.WAITING),
    "late": (Outcome.LATE,),
    "aside": (Outcome.SET_ASIDE,),
    "applied": (Outcome.APPLIED,),
}


def profile_of(code: str) -> CourierProfile | None:
    """Return the profile that a courier's machine names (one query)."""
    return CourierProfile.objects.filter(code=code).first()


def secrets_of(profile: CourierProfile) -> list[str]:
    """Return what a courier may sign with."""
    return [unseal(sealed, purpose=PURPOSE) for sealed in (profile.secret, profile.old_secret) if sealed]


def gateway_of(profile: CourierProfile) -> CourierGateway:
    return gateway_for(profile.gateway, profile.columns)


def parcel_named(courier_id: int, told: str) -> Consignment | None:
    """Return the parcel of this reference, or the one that a person once said this courier means by it."""
    found = Consignment.objects.filter(reference=told).first()
    if found is not None:
        return found
    said = TrackingEvent.objects.filter(courier=courier_id, parcel=told, assigned_by__isnull=False)
    last = said.exclude(consignment=None).order_by("-pk").select_related("consignment").first()
    return last.consignment if last else None


def words_of(courier_id: int) -> dict[str, StatusWord]:
    """Return what each status means for a courier; its own meaning goes before that for any (one query)."""
    words = StatusWord.objects.filter(Q(courier=courier_id) | Q(courier=None))
    return {word.word: word for word in sorted(words, key=lambda word: word.courier_id is not None)}


def meaning_of(courier_id: int, word: str) -> StatusWord | None:
    return words_of(courier_id).get(folded(word))


def events(which: str = "open") -> QuerySet[TrackingEvent]:
    """Return events of one list: those that wait for someone oldest first, the others newest first."""
    found = TrackingEvent.objects.filter(outcome__in=LISTS[which]).select_related("courier", "consignment")
    return found.order_by("received_at", "pk") if which == "open" else found.order_by("-received_at", "-pk")


def events_of(consignment: Consignment) -> list[TrackingEvent]:
    """Return what was told of a parcel, the newest first (one query)."""
    return list(consignment.tracking_events.select_related("courier").order_by("-occurred_at", "-pk"))


def to_see_to() -> int:
    """How many wait for a person (one query)."""
    return TrackingEvent.objects.filter(outcome__in=TrackingEvent.TO_SEE_TO).count()


def couriers() -> QuerySet[Courier]:
    """Return couriers with how we speak with each, our own rounds first, and ``carried``: parcels on their way."""
    under_way = Q(consignments__state__in=UNDER_WAY)
    found = Courier.objects.select_related("profile").annotate(carried=Count("consignments", filter=under_way))
    return found.order_by("kind", "name", "pk")


def files_of(courier: Courier) -> QuerySet[StatusFile]:
    return StatusFile.objects.filter(courier=courier).select_related("received_by")


def words() -> QuerySet[StatusWord]:
    return StatusWord.objects.select_related("courier", "taught_by").order_by("word", "courier__name")


def announced(courier: Courier, handed_over_on: date | None = None) -> list[Announced]:
    """Return what a courier is told of the parcels it carries, those of one day or all (a fixed number of queries)."""
    found = Consignment.objects.filter(courier=courier, state__in=UNDER_WAY, coming_back_at=None)
    if handed_over_on is not None:
        day = whole_day(handed_over_on)
        found = found.filter(handed_over_at__gte=day.begins_at, handed_over_at__lt=day.ends_at)
    address = "order__shipping_address"
    found = found.select_related(f"{address}__country", f"{address}__commune", f"{address}__province")
    parcels = list(found.annotate(pieces=Sum("lines__quantity")).order_by("handed_over_at", "pk"))
    due = _due(parcels)
    return [_announced(parcel, due.get(parcel.reference)) for parcel in parcels]


def _announced(parcel: Any, due: Decimal | None) -> Announced:
    address, order = parcel.order.shipping_address, parcel.order
    lines = (address.line1, address.line2, address.locality, address.landmark, address.line3) if address else ()
    town = (address.commune and address.commune.name) or address.line4 if address else ""
    return Announced(
        parcel=parcel.reference,
        name=address.last_name if address else order.buyer_name,
        phone=str(order.door_phone or ""),
        address=", ".join(dict.fromkeys(line for line in lines if line)),
        town=town or "",
        province=address.province.name if address and address.province else "",
        country=order.destination,
        pieces=parcel.pieces or 0,
        due=due,
    )


def _due(parcels: Iterable[Consignment]) -> dict[str, Decimal]:
    """Say what to ask for at each door, in cash: of several parcels of an order the first carries the delivery."""
    parcels = list(parcels)
    awaited = PaymentAttempt.objects.filter(
        order__in={parcel.order_id for parcel in parcels}, provider="cash", state=PaymentAttempt.State.STARTED
    )
    still = Consignment.objects.exclude(state__in=("CANCELLED", "DELIVERED", "REFUSED", "LOST", "RETURNED"))
    found = awaited.select_related("order").prefetch_related(
        "collections", Prefetch("order__consignments", queryset=still.order_by("pk"), to_attr="still_to_come")
    )
    attempts = {attempt.order_id: attempt for attempt in found}
    lines = frozen.lines_of([attempt.order for attempt in attempts.values()])
    due: dict[str, Decimal] = {}
    for order_id, attempt in attempts.items():
        paid = any(row.with_delivery for row in attempt.collections.all())
        for parcel in attempt.order.still_to_come:
            sale, carries = frozen.next_at_door(
                attempt.order, parcel.reference, delivery_paid=paid, lines=lines.get(order_id, [])
            )
            paid = paid or carries
            due[parcel.reference] = sale.gross
    return due
