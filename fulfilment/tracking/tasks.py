"""Jobs about what couriers tell."""

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations
from .operations.applying import APPLY


@job(APPLY)
def apply(*, courier_id: int, parcels: list[str]) -> None:
    operations.apply_parcels(courier_id=courier_id, parcels=parcels, now=timezone.now())
