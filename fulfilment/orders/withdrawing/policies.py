"""How long something may be sent back: by what it is, until the end of the last day. No database."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from catalogue.kernel.periods import day_of, start_of
from fulfilment.orders.policies import CASH, HOLDING

ORDINARY, SEALED, PERISHABLE = "ordinary", "sealed", "perishable"
ELSEWHERE = "*"
"""Stands for every destination that has no row of its own."""

OPEN, CANCEL, AT_THE_DOOR, NOTHING = "open", "cancel", "at_the_door", "nothing"
"""What a buyer who changes their mind does: withdraw, cancel, refuse the parcel at the door, nothing at all."""

EXCLUDED, LATE, NONE_LEFT = "excluded", "late", "none_left"
"""Why a line cannot be sent back: never, not any more, all of it was."""

USE_BY = "DLC"
SPOILS_WITHIN_DAYS = 30
SEALED_KINDS = ("food", "cosmetic", "gift")
SATURDAY = 5
ARRIVED = ("DELIVERED", "COMPLETED")


class Described(Protocol):
    """What a product says of itself that decides."""

    kind: str
    date_type: str
    cold_chain: bool
    shelf_life_days: int | None


def class_of(product: Described) -> str:
    """Say what a product is to the law of withdrawal.

    What must stay cold, carries a use-by date or keeps for a month at most spoils quickly; other food and what goes on
    the skin is sealed, and cannot be sold again once opened. A piece that exists once was not made to the buyer's
    measure: it is as ordinary as any other.
    """
    keeps_days = product.shelf_life_days
    short = keeps_days is not None and keeps_days <= SPOILS_WITHIN_DAYS
    if product.cold_chain or product.date_type == USE_BY or short:
        return PERISHABLE
    return SEALED if product.kind in SEALED_KINDS else ORDINARY


def places_of(destination: str, block: str) -> tuple[str, ...]:
    """Return whose rows may speak for a destination, the nearest first: the country, its group, everywhere else."""
    return tuple(dict.fromkeys(place for place in (destination, block, ELSEWHERE) if place))


def nearest(places: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the first of ``places`` that has a row."""
    have = set(known)
    return next((place for place in places if place in have), None)


def ends_at(delivered_at: datetime, days: int) -> datetime:
    """Return the instant from which it is too late: the end, in the shop's zone, of the last day.

    The day of delivery does not count. A last day on a Saturday or Sunday carries the period to Monday's end
    (Regulation 1182/71, article 3(4)), wherever it was sent. None of ``days``: the delivery itself.
    """
    if not days:
        return delivered_at
    last = day_of(delivered_at) + timedelta(days=days)
    while last.weekday() >= SATURDAY:
        last += timedelta(days=1)
    return start_of(last + timedelta(days=1))


def way_back(status: str, payment_method: str, *, cancellable: bool) -> str:
    """Say how a buyer gets out of an order: ``OPEN``, ``CANCEL``, ``AT_THE_DOOR`` or ``NOTHING``.

    What can still be cancelled is cancelled. What is paid may be withdrawn before it arrives; what is paid at the door
    is refused there.
    """
    if status in ARRIVED:
        return OPEN
    if status not in HOLDING:
        return NOTHING
    if cancellable:
        return CANCEL
    return AT_THE_DOOR if payment_method == CASH else OPEN


def why_not(days: int, left: int, now: datetime, end: datetime | None) -> str:
    """Say what keeps a line from being sent back now: ``EXCLUDED``, ``LATE``, ``NONE_LEFT``, or nothing.

    ``end`` is the first instant too late; none before delivery.
    """
    if not days:
        return EXCLUDED
    if end is not None and now >= end:
        return LATE
    return "" if left > 0 else NONE_LEFT


def is_whole(bought: Mapping[int, int], back: Mapping[int, int]) -> bool:
    """Tell whether every piece of an order came back; then what was paid for its delivery goes back too."""
    return all(back.get(line, 0) >= quantity for line, quantity in bought.items())


def days_left(now: datetime, end: datetime) -> int:
    """Count the days of the shop that are left after this one: none on the last."""
    return max((day_of(end - timedelta(microseconds=1)) - day_of(now)).days, 0)
