"""Having goods that came back wait, and saying what becomes of them. Locks what waits, then stock records and lots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import lock
from catalogue.kernel.photos import Photo
from catalogue.lots import operations as lots
from catalogue.lots.models import StockMovement

from .models import RETURNED, Returned, ReturnedPhoto


@dataclass(frozen=True)
class Found:
    """How many of the pieces are as new; the others are written off for a reason."""

    good: int
    reason: str = ""
    note: str = ""
    photo: Photo | None = None


class NothingWaits(Exception):
    """Nothing of this parcel or withdrawal waits: someone inspected it already, or it never came."""


class NotAllInspected(Exception):
    """Something of it was not looked at, or something was that did not come with it."""


class MoreThanCame(Exception):
    """More, or fewer than none, were said to be as new. ``row`` says how many came."""

    def __init__(self, row: Returned) -> None:
        self.row = row
        super().__init__(f"{row}: only {row.quantity} came")


class WhyMissing(Exception):
    """Pieces are written off for a reason, and only they."""

    def __init__(self, row: Returned) -> None:
        self.row = row
        super().__init__(f"{row}: a reason goes with what is written off")


def wait(came: Mapping[tuple[int, int], int], *, reference: str, now: datetime) -> None:
    """Note what came back ((line, lot stock): pieces). Inside the caller's transaction."""
    Returned.objects.bulk_create(
        Returned(line_id=line, stock_id=stock, reference=reference, quantity=pieces, came_at=now)
        for (line, stock), pieces in sorted(came.items())
    )


@transaction.atomic
def inspect(*, reference: str, found: Mapping[int, Found], by: Any, now: datetime) -> list[Returned]:
    """Say what becomes of all that came back together (row id: what was found); the books follow in both ways.

    Of a lot that is recalled, blocked or over nothing can be sold, whatever goes back into it. Raises
    ``NothingWaits``, ``NotAllInspected``, ``MoreThanCame`` or ``WhyMissing``, and changes nothing then.
    """
    rows = lock(Returned.objects.filter(reference=reference, inspected_at=None))
    if not rows:
        raise NothingWaits(reference)
    if {row.pk for row in rows} != set(found):
        raise NotAllInspected(reference)
    for row in rows:
        _check(row, found[row.pk])
    _put_back(rows, reference, by, now)
    for row in rows:
        _write(row, found[row.pk], by, now)
    return rows


def _check(row: Returned, found: Found) -> None:
    if not 0 <= found.good <= row.quantity:
        raise MoreThanCame(row)
    if bool(found.reason) != (found.good < row.quantity):
        raise WhyMissing(row)


def _put_back(rows: list[Returned], reference: str, by: Any, now: datetime) -> None:
    pieces: dict[int, int] = {}
    for row in rows:
        pieces[row.stock_id] = pieces.get(row.stock_id, 0) + row.quantity
    lots.put_back(pieces, reference=reference, now=now, by=by)


def _write(row: Returned, found: Found, by: Any, now: datetime) -> None:
    row.good, row.reason, row.note = found.good, found.reason, found.note
    row.inspected_at, row.inspected_by = now, by
    row.save(update_fields=["good", "reason", "note", "inspected_at", "inspected_by"])
    if found.photo:
        ReturnedPhoto.objects.create(returned=row, content=found.photo.content)
    if row.written_off:
        lots.move_pieces(
            stock=row.stock,
            kind=StockMovement.Kind.WRITTEN_OFF,
            change=-row.written_off,
            reason=f"{RETURNED}{found.reason}: {found.note}".rstrip(": ")[:200],
            reference=row.reference,
            now=now,
            by=by,
        )
