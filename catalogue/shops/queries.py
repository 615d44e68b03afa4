"""Reads of solidarity shops: where they are, when they are open, what they have."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet

from catalogue.kernel.periods import day_of, local
from catalogue.lots.models import LotStock, Place
from catalogue.lots.policies import Position, distance_km
from catalogue.lots.queries import candidates_of, position_of
from catalogue.places.queries import closed_days

from .models import OpeningHours, OtherHours
from .policies import Calendar, OtherDays, Span


def shops() -> QuerySet[Place]:
    """The shops that people may go to, with their hours (three queries)."""
    return with_hours(Place.objects.filter(kind=Place.Kind.SHOP, is_active=True))


def with_hours(places: QuerySet[Place]) -> QuerySet[Place]:
    return places.select_related("province").prefetch_related(
        Prefetch("opening_hours", queryset=OpeningHours.objects.order_by("weekday", "opens")),
        Prefetch("other_hours", queryset=OtherHours.objects.order_by("first_day", "opens")),
    )


def calendar_of(place: Place) -> Calendar:
    """Return when a loaded place is open."""
    week: dict[int, list[Span]] = {}
    for row in place.opening_hours.all():  # type: ignore[attr-defined]
        week.setdefault(row.weekday, []).append(Span(row.opens, row.closes))
    exceptions = [
        OtherDays(row.first_day, row.until, Span(row.opens, row.closes) if row.opens and row.closes else None)
        for row in place.other_hours.all()  # type: ignore[attr-defined]
    ]
    return Calendar(week, exceptions, closed_days())


def by_distance(places: Iterable[Place], to: Position) -> list[tuple[Place, float]]:
    """Sort places by how far they are from a point, the nearest first."""
    found = [(place, distance_km(position_of(place), to)) for place in places]
    return sorted(found, key=lambda row: (row[1], row[0].code))


def lies_at(place_id: int, now: datetime) -> QuerySet[LotStock]:
    """What one place has that may still be promised, of one stock record (``OuterRef("stockrecord")``)."""
    return lies_free(now).filter(place=place_id, lot__stockrecord=OuterRef("stockrecord"))


def lies_free(now: datetime) -> QuerySet[LotStock]:
    """Released pieces in shops that nobody was promised, of lots that have not ended."""
    lasting = Q(lot__best_before__isnull=True) | Q(lot__best_before__gt=day_of(now))
    free = LotStock.objects.filter(lasting, lot__state="RELEASED", place__is_active=True, on_hand__gt=F("held"))
    return free.filter(place__kind=Place.Kind.SHOP)


def with_all_of(wanted: dict[int, int], now: datetime) -> list[Place]:
    """Return the shops that have all of these (stock record id: pieces) at this moment, with their hours.

    One query where none has, four else.
    """
    rows = sellable_in_shops().filter(lot__stockrecord_id__in=wanted)
    there: dict[int, dict[int, int]] = {}
    for found in candidates_of(rows, day=day_of(now)):
        pieces = there.setdefault(found.place_id, {})
        pieces[found.stockrecord_id] = pieces.get(found.stockrecord_id, 0) + found.free
    able = [
        place_id
        for place_id, pieces in there.items()
        if all(pieces.get(record, 0) >= number for record, number in wanted.items())
    ]
    return list(shops().filter(pk__in=able)) if able else []


def sellable_in_shops() -> QuerySet[LotStock]:
    shops_alone = Q(place__kind=Place.Kind.SHOP, place__is_active=True, lot__state="RELEASED", on_hand__gt=F("held"))
    return LotStock.objects.filter(shops_alone).select_related("lot__stockrecord__product", "place")


def hours_now(place: Place, now: datetime) -> dict[str, Any]:
    """Return what is said of a loaded place's hours at an instant: ``closes`` or ``opens``, and today's stretches."""
    calendar, moment = calendar_of(place), local(now)
    closes = calendar.closes_at(moment)
    return {
        "closes": closes,
        "opens": None if closes else calendar.next_opening(moment),
        "today": calendar.spans_on(moment.date()),
    }
