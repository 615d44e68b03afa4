"""Jobs of collecting."""

from django.utils import timezone

from fulfilment.jobs.operations import enqueue
from fulfilment.jobs.tasks import job

from . import operations
from .models import Collection
from .queries import WAITING

LET_GO = "fulfilment.collecting.let_go"


@job(LET_GO, queue="money", in_transaction=True)
def let_go(*, order_id: int) -> None:
    operations.let_go(order_id=order_id, now=timezone.now())


@job("fulfilment.collecting.look_at_waiting", in_transaction=True)
def look_at_waiting() -> None:
    """Have each order let go that nobody fetched in time; one job for each, so that none keeps another."""
    now = timezone.now()
    over = Collection.objects.filter(WAITING, expires_at__lte=now).values_list("order_id", "expires_at")
    for order_id, expires_at in over:
        key = f"let-go:{order_id}:{expires_at:%Y%m%d%H%M}"
        enqueue(task=LET_GO, key=key, payload={"order_id": order_id}, now=now)
