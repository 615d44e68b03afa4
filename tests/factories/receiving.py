"""Deliveries of cooperatives, at the step a test is about."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.utils import timezone

from catalogue.cooperatives.models import StockRecord
from catalogue.lots.models import Place
from catalogue.people.models import User
from catalogue.receiving import invariants, operations
from catalogue.receiving.models import Delivery
from catalogue.receiving.operations import Announced, Counted
from tests.factories.catalogue import make_province
from tests.factories.lots import make_place

MADE, LASTS = date(2026, 11, 1), date(2027, 11, 1)


def make_hub(kind: str = "hub", **fields: Any) -> Place:
    """Return a hub, or a shop, in a province that is made when there is none."""
    return make_place(kind, province=make_province(), **fields)


def announced(record: StockRecord, pieces: int = 10, **fields: Any) -> Announced:
    """Return one line of an announcement."""
    values = {"lot_number": "A-1", "produced_on": MADE, "best_before": LASTS, "row": 1} | fields
    return Announced(stockrecord_id=record.pk, pieces=pieces, **values)


def make_delivery(place: Place, by: User, *lines: Announced, **fields: Any) -> Delivery:
    """Return what the cooperative of the first line announces."""
    cooperative = StockRecord.objects.get(pk=lines[0].stockrecord_id).partner
    values = {"expected_on": date(2026, 11, 25), "key": uuid4(), "now": timezone.now()} | fields
    return operations.announce(cooperative=cooperative, place=place, lines=lines, by=by, **values)


def receive(delivery: Delivery, by: User, **found: Any) -> Delivery:
    """Count a delivery as announced, unless told otherwise, and take it in."""
    counted = {line.pk: Counted(**({"counted": line.expected} | found)) for line in delivery.lines.all()}
    operations.count_delivery(delivery_id=delivery.pk, found=counted, now=timezone.now())
    return operations.receive_delivery(delivery_id=delivery.pk, by=by, now=timezone.now())


def broken() -> list[object]:
    """Return what breaks a rule of receiving; nothing is what we want."""
    checks = (
        invariants.deliveries_are_in_stock,
        invariants.transfers_moved_what_they_say,
        invariants.stocktakes_changed_the_books,
        invariants.hampers_hold_what_went_in,
    )
    return [row for check in checks for row in check()]
