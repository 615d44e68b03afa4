"""What tracking does when the warehouse speaks."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.warehouse import signals
from fulfilment.warehouse.models import Consignment

from . import operations


@receiver(signals.consignment_moved, dispatch_uid="tracking.look_again")
def look_again(consignment_id: int, state: str, **kwargs: Any) -> None:
    """Have looked at once more what a courier, faster than our own hand-over, told of a parcel."""
    if state == Consignment.State.HANDED_OVER:
        operations.look_again(consignment_id=consignment_id, now=timezone.now())
