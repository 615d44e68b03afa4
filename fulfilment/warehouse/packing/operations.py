"""Closing a parcel once its pieces were counted and found whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment.orders.models import Line
from fulfilment.warehouse import operations as warehouse
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.parcels import locked

from . import policies, queries
from .models import PackingCheck
from .policies import Difference, Weighs

State = Consignment.State


class CountsDiffer(Exception):
    """Some lines were not counted as many as they must hold; ``differences`` name them. Nothing was kept."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        self.differences = list(differences)
        super().__init__(", ".join(f"{row.title}: {row.counted} of {row.expected}" for row in differences))


class OddWeight(Exception):
    """Goods that weigh ``weighs`` do not well make a parcel of this weight: it is weighed again and confirmed."""

    def __init__(self, weighs: Weighs) -> None:
        self.weighs = weighs
        super().__init__(f"{weighs.net_g} g to {policies.HEAVIEST * weighs.gross_g} g expected")


class CheckedAlready(Exception):
    """Someone else counted and closed it; ``check`` is theirs."""

    def __init__(self, check: PackingCheck) -> None:
        self.check = check
        super().__init__(str(check))


@transaction.atomic
def close_parcel(
    *,
    consignment_id: int,
    counted: Mapping[int, int],
    weight_g: int,
    boxes: int,
    by: Any,
    now: datetime,
    confirmed: bool = False,
) -> PackingCheck:
    """Keep that a picked parcel holds what it must (order line id: pieces counted), and close it.

    Locks the order, then its consignments; the same person twice is once. Raises ``CountsDiffer``, ``OddWeight``
    unless ``confirmed``, ``CheckedAlready``, and all that ``warehouse.pack`` raises.
    """
    _order, consignments = locked(consignment_id)
    consignment = consignments[consignment_id]
    if check := queries.check_of(consignment):
        if (check.checked_by, check.weight_g, check.boxes) == (by, weight_g, boxes):
            return check
        raise CheckedAlready(check)
    if consignment.state != State.PICKED:
        raise warehouse.ImpossibleMove(consignment.reference, consignment.state, State.PACKED)
    items = queries.items_of(consignment_id)
    others = {line: pieces for line, pieces in counted.items() if pieces and line not in {item.line for item in items}}
    if found := [*policies.differences(items, counted), *_elsewhere(others)]:
        raise CountsDiffer(found)
    weighs = policies.weight_of(items)
    is_odd = weighs is not None and weighs.is_odd(weight_g)
    if weighs and is_odd and not confirmed:
        raise OddWeight(weighs)
    check = PackingCheck.objects.create(
        consignment=consignment,
        pieces=sum(item.quantity for item in items),
        weight_g=weight_g,
        boxes=boxes,
        confirmed=is_odd,
        checked_at=now,
        checked_by=by,
    )
    warehouse.pack(consignment_id=consignment_id, by=by, now=now)
    return check


def _elsewhere(counted: Mapping[int, int]) -> list[Difference]:
    """Name lines that left the parcel while it was counted."""
    lines = Line.objects.filter(pk__in=counted).order_by("pk")
    return [Difference(line.title_here, 0, counted[line.pk]) for line in lines]
