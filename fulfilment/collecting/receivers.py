"""What collecting does when the warehouse speaks, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.signals import consignment_moved

from . import operations

FOLLOWED = {
    Consignment.State.PACKED: operations.make_ready,
    Consignment.State.DELIVERED: operations.note_handed_over,
}


@receiver(consignment_moved, dispatch_uid="collecting.follow")
def follow(order_id: int, state: str, **kwargs: Any) -> None:
    """Keep what was packed for a buyer who comes, and know what was given to one."""
    if operation := FOLLOWED.get(Consignment.State(state)):
        operation(order_id=order_id, now=timezone.now())
