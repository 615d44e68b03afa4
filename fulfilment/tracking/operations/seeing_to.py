"""What a person says of what could not be taken up: which parcel, what the word means, or that it is to be left."""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock_one
from fulfilment.tracking.models import StatusWord, TrackingEvent
from fulfilment.tracking.policies import folded
from fulfilment.warehouse.models import Consignment

from .applying import wait_again

Outcome = TrackingEvent.Outcome


class NoSuchParcel(Exception):
    """No parcel of ours has this reference."""


class NotToSeeTo(Exception):
    """This event was taken up, or set aside, meanwhile."""


@transaction.atomic
def assign_parcel(*, event_id: int, reference: str, by: Any, now: datetime) -> int:
    """Say which parcel a courier means by a reference; all that it told of it is looked at again.

    What it tells of that reference later goes to the same parcel. Return how many events. Raises ``NoSuchParcel``,
    ``NotToSeeTo``.
    """
    event = _open(event_id)
    consignment = Consignment.objects.filter(reference=reference).first()
    if consignment is None:
        raise NoSuchParcel(reference)
    same = TrackingEvent.objects.filter(
        courier=event.courier_id, parcel=event.parcel, outcome__in=TrackingEvent.TO_SEE_TO
    )
    same.update(consignment=consignment, assigned_by=by)
    return wait_again(same, now)


@transaction.atomic
def teach_word(
    *, word: str, meaning: str, reason: str, by: Any, now: datetime, courier_id: int | None = None
) -> StatusWord:
    """Say what a status means, for one courier or for any; what waited for it is looked at again.

    What was taken up by an older meaning stays as it was.
    """
    taught, _new = StatusWord.objects.update_or_create(
        courier_id=courier_id,
        word=folded(word),
        defaults={"meaning": meaning, "reason": reason, "taught_at": now, "taught_by": by},
    )
    waiting = TrackingEvent.objects.filter(folded=taught.word, outcome=Outcome.UNKNOWN_WORD)
    if courier_id is not None:
        waiting = waiting.filter(courier=courier_id)
    wait_again(waiting, now)
    return taught


@transaction.atomic
def set_aside(*, event_id: int, remark: str, by: Any, now: datetime) -> TrackingEvent:
    """Leave an event as it is, with the reason. Raises ``NotToSeeTo``."""
    event = _open(event_id)
    event.outcome, event.why, event.remark = Outcome.SET_ASIDE, "", remark
    event.set_aside_by, event.seen_at = by, now
    event.save(update_fields=["outcome", "why", "remark", "set_aside_by", "seen_at"])
    return event


def _open(event_id: int) -> TrackingEvent:
    event = lock_one(TrackingEvent.objects.filter(pk=event_id))
    if not event.is_to_see_to:
        raise NotToSeeTo(event_id)
    return event
