"""Asking cooperatives for goods before they run out."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from catalogue.kernel import events
from catalogue.kernel.locks import lock_one
from catalogue.kernel.periods import day_of
from catalogue.lots.models import Place
from catalogue.people.models import User
from catalogue.receiving import signals
from catalogue.receiving.models import CallOff
from catalogue.receiving.policies import in_season, quantity_to_call
from catalogue.receiving.queries import on_the_way, to_call

State = CallOff.State


class CallOffMoved(Exception):
    """The call-off was asked, answered or dropped already."""


class NotTheirs(Exception):
    """The call-off is another cooperative's."""


def propose_call_offs(*, place: Place, now: datetime) -> int:
    """Propose to ask for what is below its reorder level, in season on the day it would come; return how many.

    One is open for a stock record at a time, so twice changes nothing.
    """
    records = list(to_call())
    coming, made, today = on_the_way(), 0, day_of(now)
    for record in records:
        wanted = quantity_to_call(
            on_offer=record.on_offer,
            on_the_way=coming.get(record.pk, 0),
            reorder_level=record.low_stock_threshold,
        )
        wanted_on = today + timedelta(days=max(1, record.partner.lead_days))
        product = record.product
        if wanted and in_season(wanted_on.month, product.season_from, product.season_until):
            made += _propose(record.pk, place, wanted, wanted_on, now)
    return made


def _propose(record_id: int, place: Place, quantity: int, wanted_on: object, now: datetime) -> bool:
    try:
        with transaction.atomic():
            CallOff.objects.create(
                stockrecord_id=record_id, place=place, quantity=quantity, wanted_on=wanted_on, proposed_at=now
            )
    except IntegrityError:
        return False  # another worker proposed it just now
    return True


@transaction.atomic
def ask_call_off(*, call_off_id: int, quantity: int, by: User, now: datetime) -> CallOff:
    """Ask the cooperative, for as many as the office decides. Announces ``call_off_asked``; raises ``CallOffMoved``."""
    call_off = _in_state(call_off_id, State.PROPOSED)
    lead = timedelta(days=max(1, call_off.stockrecord.partner.lead_days))
    call_off.state, call_off.quantity, call_off.wanted_on = State.ASKED, quantity, day_of(now) + lead
    call_off.asked_at, call_off.asked_by = now, by
    call_off.save(update_fields=["state", "quantity", "wanted_on", "asked_at", "asked_by"])
    events.announce(signals.call_off_asked, call_off_id=call_off.pk, cooperative_id=call_off.stockrecord.partner_id)
    return call_off


@transaction.atomic
def drop_call_off(*, call_off_id: int, by: User, now: datetime, note: str = "") -> CallOff:
    """Not ask after all. Raises ``CallOffMoved``."""
    call_off = _in_state(call_off_id, State.PROPOSED)
    return _end(call_off, State.DROPPED, by, now, note)


@transaction.atomic
def decline_call_off(
    *, call_off_id: int, cooperative_id: int, reason: str, by: User, now: datetime, note: str = ""
) -> CallOff:
    """Say that the cooperative cannot, and why. Raises ``NotTheirs`` and ``CallOffMoved``."""
    call_off = _in_state(call_off_id, State.ASKED)
    if call_off.stockrecord.partner_id != cooperative_id:
        raise NotTheirs(call_off.number)
    call_off.cannot = reason
    return _end(call_off, State.CANNOT, by, now, note)


def _in_state(call_off_id: int, state: str) -> CallOff:
    call_off = lock_one(CallOff.objects.filter(pk=call_off_id).select_related("stockrecord__partner"))
    if call_off.state != state:
        raise CallOffMoved(call_off.number)
    return call_off


def _end(call_off: CallOff, state: str, by: User, now: datetime, note: str) -> CallOff:
    call_off.state, call_off.note, call_off.ended_at, call_off.ended_by = state, note, now, by
    call_off.save(update_fields=["state", "note", "cannot", "ended_at", "ended_by"])
    return call_off
