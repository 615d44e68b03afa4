"""What must be true of what drivers wrote."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from catalogue.kernel.invariants import invariant
from fulfilment.warehouse.models import DeliveryAttempt

from .models import DoorPhoto, DoorReport


@invariant("rounds: a report that was applied is a visit of its parcel, with the same end")
def applied_reports_are_visits() -> Iterable[object]:
    visit = DeliveryAttempt.objects.filter(
        consignment=OuterRef("consignment"), number=OuterRef("visit"), outcome=OuterRef("outcome")
    )
    return DoorReport.objects.filter(problem="").exclude(Exists(visit))


@invariant("rounds: the photo that a report names is kept")
def photos_are_kept() -> Iterable[object]:
    kept = DoorPhoto.objects.filter(report=OuterRef("pk"))
    yield from DoorReport.objects.exclude(photo_sha256="").exclude(Exists(kept))
    yield from DoorReport.objects.filter(Exists(kept), photo_sha256="")
