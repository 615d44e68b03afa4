"""Orders that went their whole way with everything booked, for the match and the close of a month."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from fulfilment.matching import operations
from fulfilment.matching.models import Difference, MatchRun
from fulfilment.orders.models import Order

from .orders import place_order, stock
from .parcels import move_to

SETTLED = timedelta(hours=3)
"""Longer than the delay before something is a difference."""


def deliver_cash(run_jobs: Any, *items: Any) -> Order:
    """Return an order that was paid at the door and booked, invoiced too. ``open_deliveries()`` comes first."""
    order = place_order(*(items or ((stock("120.00"), 2),)))
    run_jobs()
    for parcel in order.consignments.all():
        move_to(parcel, "DELIVERED")
    run_jobs()
    order.refresh_from_db()
    return order


def match_later(after: timedelta = SETTLED) -> MatchRun:
    """Run the match once everything of now is settled."""
    return operations.run_match(now=timezone.now() + after)


def open_ones() -> list[tuple[str, str]]:
    """Return cause and subject of each open difference."""
    rows = Difference.objects.filter(closed_at=None, accepted_at=None)
    return sorted(rows.values_list("cause", "subject"))
