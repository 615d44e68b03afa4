"""What must be true of what couriers told."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job
from fulfilment.warehouse.models import Consignment

from .models import TrackingEvent
from .operations.applying import APPLY

LOOKED_AT_WITHIN = timedelta(minutes=10)


@invariant("tracking: what was told is looked at within ten minutes, or has a job that will")
def events_are_looked_at() -> Iterable[object]:
    before = timezone.now() - LOOKED_AT_WITHIN
    waiting = TrackingEvent.objects.filter(outcome=TrackingEvent.Outcome.WAITING, received_at__lt=before)
    jobs = Job.objects.filter(task=APPLY).exclude(state=Job.State.DONE).values_list("payload", flat=True)
    will = {(payload["courier_id"], parcel) for payload in jobs for parcel in payload["parcels"]}
    return (event for event in waiting if (event.courier_id, event.parcel) not in will)


@invariant("tracking: what a courier's word did is of a parcel that this courier carried")
def words_move_their_own() -> Iterable[object]:
    did = TrackingEvent.objects.filter(outcome=TrackingEvent.Outcome.APPLIED).exclude(meaning="nothing")
    return did.exclude(consignment__courier=F("courier"))


@invariant("tracking: what was told as delivered, and taken up, is delivered")
def delivered_is_delivered() -> Iterable[object]:
    told = TrackingEvent.objects.filter(outcome=TrackingEvent.Outcome.APPLIED, consignment=OuterRef("pk"))
    for meaning, states in (("delivered", ["DELIVERED"]), ("refused", ["REFUSED", "RETURNED"]), ("lost", ["LOST"])):
        agreed = Consignment.objects.filter(Exists(told.filter(meaning=meaning)))
        yield from agreed.exclude(state__in=states)
