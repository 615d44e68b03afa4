"""What happens to a parcel between hand-over and door: it travels, leaves for the door, turns round or is lost.

Locks as ``operations`` does: the order, then its consignments.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel import events
from catalogue.kernel.periods import day_of

from . import policies, signals
from .models import Consignment
from .operations import ImpossibleMove, ReasonMissing, _move
from .parcels import locked, note

State = Consignment.State


def set_off(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that the courier carries it from place to place. A second call changes nothing."""
    return _move(consignment_id, State.IN_TRANSIT, by, now)


@transaction.atomic
def go_out(*, consignment_id: int, by: Any, now: datetime) -> Consignment:
    """Say that it left for the door. The same day again changes nothing, nor does an earlier one.

    Announces ``consignment_out_for_delivery``; raises ``ImpossibleMove``.
    """
    _order, consignments = locked(consignment_id)
    consignment = consignments[consignment_id]
    if consignment.state not in policies.UNDER_WAY or consignment.coming_back_at is not None:
        raise ImpossibleMove(consignment.reference, consignment.state, "out for delivery")
    last = consignment.out_for_delivery_at
    if last is not None and day_of(now) <= day_of(last):
        return consignment
    consignment.out_for_delivery_at = now
    consignment.save(update_fields=["out_for_delivery_at"])
    note(consignment, by, now, kind="consignment_out_for_delivery")
    ids = {"consignment_id": consignment.pk, "order_id": consignment.order_id}
    events.announce(signals.consignment_out_for_delivery, **ids)
    return consignment


@transaction.atomic
def expect_back(*, consignment_id: int, why: str, by: Any, now: datetime) -> Consignment:
    """Say that the courier brings it back without having handed it in; a person takes it in when it is there.

    One that is expected, or was refused or taken back, changes nothing. Raises ``ImpossibleMove``, ``ReasonMissing``.
    """
    _order, consignments = locked(consignment_id)
    consignment = consignments[consignment_id]
    if consignment.coming_back_at is not None or consignment.state in policies.NOT_TAKEN:
        return consignment
    if consignment.state not in policies.UNDER_WAY:
        raise ImpossibleMove(consignment.reference, consignment.state, "coming back")
    if not why:
        raise ReasonMissing(consignment.reference)
    consignment.coming_back_at, consignment.coming_back_why = now, why[:200]
    consignment.save(update_fields=["coming_back_at", "coming_back_why"])
    note(consignment, by, now, kind="consignment_turned_back")
    return consignment


@transaction.atomic
def lose(*, consignment_id: int, why: str, by: Any, now: datetime) -> Consignment:
    """Say that it is lost on the way: for good, whatever is told or found later. A second call changes nothing.

    ``by`` is nobody where the courier said so by a status that the office reads as lost. Announces
    ``consignment_lost``; raises ``ImpossibleMove``, ``ReasonMissing``.
    """
    _order, consignments = locked(consignment_id)
    if consignments[consignment_id].state == State.LOST:
        return consignments[consignment_id]
    if not why.strip():
        raise ReasonMissing(consignments[consignment_id].reference)
    lost = _move(consignment_id, State.LOST, by, now, lost_why=why.strip()[:200])
    states = [found.state for found in consignments.values() if found.pk != lost.pk]
    events.announce(
        signals.consignment_lost,
        consignment_id=lost.pk,
        order_id=lost.order_id,
        quantities=dict(lost.lines.values_list("order_line_id", "quantity")),
        delivery=policies.nothing_accepted([*states, lost.state]),
    )
    return lost
