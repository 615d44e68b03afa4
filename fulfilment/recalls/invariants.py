"""What must be true of recalls."""

from collections.abc import Iterable

from django.db.models import F

from catalogue.kernel.invariants import invariant
from catalogue.lots.models import Lot
from fulfilment.orders.allocating.models import Allocation

from .models import Recall, RecalledLot
from .queries import with_hampers


@invariant("recalls: a lot that is called back is recalled, and so is every lot of hampers that it went into")
def lots_are_frozen() -> Iterable[object]:
    yield from RecalledLot.objects.exclude(lot__state=Lot.State.RECALLED)
    for recall in Recall.objects.prefetch_related("lots"):
        lots = {row.lot_id for row in recall.lots.all()}
        yield from set(with_hampers(lots)) - lots


@invariant("recalls: nothing leaves after its lot was called back")
def nothing_leaves_afterwards() -> Iterable[object]:
    left = Allocation.objects.filter(state=Allocation.State.LEFT, stock__lot__recalls__isnull=False)
    parcels = left.filter(made_at__lt=F("changed_at"))  # those that a part of came back began when it did
    return parcels.filter(changed_at__gt=F("stock__lot__recalls__recall__opened_at"))


@invariant("recalls: closed as a whole")
def closed_as_a_whole() -> Iterable[object]:
    yield from RecalledLot.objects.filter(is_open=True).exclude(recall__closed_at=None)
    yield from RecalledLot.objects.filter(is_open=False, recall__closed_at=None)
