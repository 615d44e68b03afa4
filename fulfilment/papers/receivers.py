"""What papers do when parcels move: a parcel is opened, closed or handed over, and its papers are made or made anew."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.signals import consignment_moved

from .signals import parcels_handed_over
from .tasks import MANIFEST, PARCEL

State = Consignment.State


@receiver(consignment_moved, dispatch_uid="papers.parcel")
def parcel(consignment_id: int, state: str, **kwargs: Any) -> None:
    if state in (State.OPEN, State.PACKED, State.HANDED_OVER):
        payload = {"consignment_id": consignment_id}
        enqueue(task=PARCEL, key=f"papers:{consignment_id}:{state}", payload=payload, now=timezone.now())


@receiver(parcels_handed_over, dispatch_uid="papers.manifest")
def manifest(manifest_id: int, **kwargs: Any) -> None:
    enqueue(task=MANIFEST, key=f"manifest:{manifest_id}", payload={"manifest_id": manifest_id}, now=timezone.now())
