"""Jobs of papers."""

from contextlib import suppress

from django.utils import timezone

from fulfilment.jobs.tasks import job

from . import operations
from .models import ParcelPaper

PARCEL, MANIFEST = "fulfilment.papers.parcel", "fulfilment.papers.manifest"


@job(PARCEL)
def parcel(*, consignment_id: int) -> None:
    """Make a parcel's label and slip as it stands now; of one that was called off meanwhile there are none."""
    with suppress(operations.NothingToSend):
        for kind in ParcelPaper.Kind:
            operations.make_paper(consignment_id=consignment_id, kind=kind, now=timezone.now())


@job(MANIFEST)
def manifest(*, manifest_id: int) -> None:
    operations.make_manifest_paper(manifest_id=manifest_id, now=timezone.now())
