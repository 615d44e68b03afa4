"""Which dated row speaks for what, and until when something may be sent back."""

from collections.abc import Iterable
from datetime import date, datetime

from fulfilment.orders.models import Line
from fulfilment.shipping import queries as shipping

from . import policies
from .models import WithdrawalPeriod


class NoPeriod(Exception):
    """No row says how long goods of this class may be sent back from there: one for everywhere else is missing."""


def periods_for(destination: str, day: date) -> dict[str, WithdrawalPeriod]:
    """Return, for each class of goods, the row that speaks for a destination on a day (one query)."""
    block = shipping.block_of(destination) if shipping.is_served(destination) else ""
    places = policies.places_of(destination, block)
    found: dict[str, dict[str, WithdrawalPeriod]] = {}
    for row in WithdrawalPeriod.objects.on(day).filter(destination__in=places):
        found.setdefault(row.product_class, {})[row.destination] = row
    nearest = {kind: policies.nearest(places, rows) for kind, rows in found.items()}
    return {kind: found[kind][place] for kind, place in nearest.items() if place}


def period_of(product: policies.Described, periods: dict[str, WithdrawalPeriod]) -> WithdrawalPeriod:
    """Return the row of a product among those of a destination. Raises ``NoPeriod``."""
    try:
        return periods[policies.class_of(product)]
    except KeyError as error:
        raise NoPeriod(error) from None


def ends_at(lines: Iterable[Line], delivered_at: datetime) -> dict[int, datetime]:
    """Return, by line id, the instant from which it is too late to send it back: ``delivered_at`` where it never can.

    Reads the row that each line keeps since it was bought (one query unless they are loaded).
    """
    lines = list(lines)
    keys = {line.withdrawal_period_id for line in lines if not Line.withdrawal_period.is_cached(line)}
    rows = WithdrawalPeriod.objects.in_bulk(keys) if keys else {}
    periods = {line.pk: rows.get(line.withdrawal_period_id) or line.withdrawal_period for line in lines}
    return {pk: policies.ends_at(delivered_at, period.days) for pk, period in periods.items()}
