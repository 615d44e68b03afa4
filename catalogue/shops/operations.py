"""What the office changes of a shop: its hours, its days with other hours, whether it is open and sells online."""

from collections.abc import Sequence
from datetime import date, time

from django.db import transaction

from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock_one
from catalogue.lots.models import Place

from .models import OpeningHours, OtherHours


class Overlapping(Exception):
    """Two stretches of the same day overlap; nothing was changed."""


@transaction.atomic
def set_week(*, place_id: int, spans: Sequence[tuple[int, time, time]]) -> None:
    """Write a place's week (weekday, opens, closes) in place of what was. Raises ``Overlapping``."""
    place = lock_one(Place.objects.filter(pk=place_id))
    with refused_as(Overlapping, constraint="opening_hours_never_overlap"):
        OpeningHours.objects.filter(place=place).delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in spans
        )


def add_other_hours(
    *, place_id: int, first_day: date, until: date, opens: time | None, closes: time | None, reason: str = ""
) -> OtherHours:
    """Write days on which other hours hold, or none. Raises ``Overlapping``."""
    with refused_as(Overlapping, constraint="other_hours_never_overlap"):
        return OtherHours.objects.create(
            place_id=place_id, first_day=first_day, until=until, opens=opens, closes=closes, reason=reason
        )


def remove_other_hours(*, place_id: int, row_id: int) -> bool:
    """Take such days back; False when there were none."""
    return bool(OtherHours.objects.filter(place_id=place_id, pk=row_id).delete()[0])


@transaction.atomic
def change_place(*, place_id: int, phone: str, sells_online: bool, is_active: bool) -> Place:
    """Change how a place is reached, whether the site offers what lies there, and whether it is open at all.

    The sums of stock records follow in the database.
    """
    place = lock_one(Place.objects.filter(pk=place_id))
    place.phone, place.sells_online, place.is_active = phone, sells_online, is_active
    place.save(update_fields=["phone", "sells_online", "is_active"])
    return place
