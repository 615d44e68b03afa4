"""Keeping what couriers tell: all of it or nothing, each thing once, with the jobs that look at it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.text import strip_controls
from fulfilment.shipping.models import Courier
from fulfilment.tracking import policies, queries
from fulfilment.tracking.gateways import Told
from fulfilment.tracking.models import CourierProfile, StatusFile, TrackingEvent

from .applying import have_applied

Source = TrackingEvent.Source
BATCH = 500


class NotSetUp(Exception):
    """It was not said yet how we speak with this courier."""


class ToldOtherwise(Exception):
    """An event of this number was told before, and said something else. Nothing was kept."""

    def __init__(self, key: str, row: int | None) -> None:
        self.key, self.row = key, row
        super().__init__(f"event {key} was told otherwise")


@transaction.atomic
def take_in(
    *, courier_id: int, told: Iterable[Told], source: str, now: datetime, file: StatusFile | None = None
) -> int:
    """Keep what a courier tells and have it looked at; return how much of it is new.

    What was told before, by whichever way, changes nothing. Raises ``ToldOtherwise``.
    """
    wanted = {one.key: one for one in told}
    known = {row.key for row in _kept(courier_id, wanted)}
    fresh = [one for key, one in sorted(wanted.items()) if key not in known]  # in key order, or two files could wait
    rows = [_row(courier_id, one, source, now, file) for one in fresh]
    TrackingEvent.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    for row in _kept(courier_id, wanted):
        one = wanted[row.key]
        if (row.parcel, row.folded) != (one.parcel, policies.folded(one.word)) or row.occurred_at != one.occurred_at:
            raise ToldOtherwise(one.key, one.row)
    have_applied(courier_id, (one.parcel for one in fresh), now)
    return len(fresh)


def _kept(courier_id: int, wanted: Iterable[str]) -> Iterable[TrackingEvent]:
    rows = TrackingEvent.objects.filter(courier=courier_id, key__in=list(wanted))
    return rows.only("key", "parcel", "folded", "occurred_at")


def _row(courier_id: int, one: Told, source: str, now: datetime, file: StatusFile | None) -> TrackingEvent:
    return TrackingEvent(
        courier_id=courier_id,
        key=one.key,
        parcel=one.parcel,
        word=one.word,
        folded=policies.folded(one.word),
        note=one.note,
        occurred_at=one.occurred_at,
        received_at=now,
        source=source,
        file=file,
        row=one.row,
        raw=one.raw,
    )


@transaction.atomic
def take_in_file(*, courier_id: int, name: str, content: bytes, by: Any, now: datetime) -> StatusFile:
    """Keep a file of statuses whole, or nothing of it. The same file again adds nothing.

    Raises ``NotSetUp``, ``NotToldSo``, ``tables.TableRefused`` with every bad row, ``ToldOtherwise``.
    """
    courier = Courier.objects.get(pk=courier_id)
    profile = CourierProfile.objects.filter(courier=courier).first()
    if profile is None:
        raise NotSetUp(courier_id)
    told = list(queries.gateway_of(profile).read(content, now=now))
    file = StatusFile.objects.create(
        courier=courier,
        name=strip_controls(name)[:120],
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(told),
        new_rows=0,
        received_at=now,
        received_by=by,
    )
    file.new_rows = take_in(courier_id=courier_id, told=told, source=Source.FILE, now=now, file=file)
    file.save(update_fields=["new_rows"])
    return file
