"""What customs says when a parcel moves abroad: packed only if it can be declared, handed over only with its papers."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from catalogue.kernel.shopping import HOME_COUNTRY
from fulfilment.jobs.operations import enqueue
from fulfilment.warehouse import signals

from . import operations, queries
from .content import NotDeclarable
from .tasks import MAKE_PAPERS


@receiver(signals.consignment_moving, dispatch_uid="customs.hold_back")
def hold_back(consignment_id: int, destination: str, state: str, **kwargs: Any) -> None:
    """Stop a parcel abroad of which customs cannot be told what is in it, or that would leave without papers."""
    if destination == HOME_COUNTRY:
        return
    try:
        if state == "PACKED":
            operations.check_declarable(consignment_id=consignment_id)
        elif state == "HANDED_OVER":
            operations.check_papers(consignment_id=consignment_id)
    except (NotDeclarable, operations.PapersMissing) as error:
        raise signals.HeldBack(str(error)) from error


@receiver(signals.consignment_moved, dispatch_uid="customs.make_papers")
def make_papers(consignment_id: int, state: str, **kwargs: Any) -> None:
    """Have the papers made once the packing commits."""
    if state == "PACKED" and queries.goes_abroad(consignment_id):
        payload = {"consignment_id": consignment_id}
        enqueue(task=MAKE_PAPERS, key=f"customs:{consignment_id}", payload=payload, now=timezone.now())
