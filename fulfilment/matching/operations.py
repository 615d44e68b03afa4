"""Keeping what the match found: opened once, seen again, closed when gone; and what people did about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from catalogue.kernel.locks import advisory_lock, lock, lock_one
from catalogue.kernel.money import quantize

from . import queries
from .models import Difference, DifferenceNote, MatchRun
from .queries import Found

Said = DifferenceNote.Kind
KEEPING = "matching.run"
LONGEST = 300
CHANGING = (
    "order",
    "expected",
    "found",
    "unit",
    "since",
    "last_found_at",
    "closed_at",
    *("accepted_by", "accepted_at"),
)


class NotOpen(Exception):
    """This difference is gone or accepted already."""


class NeverAccepted(Exception):
    """What this difference lacks cannot be done without, whatever the reason."""


class NoReason(Exception):
    """A difference is accepted with words."""


@transaction.atomic
def run_match(*, now: datetime) -> MatchRun:
    """Compare the four sides and keep what differs, one run at a time. Safe to repeat.

    What came to be a moment ago may be on its way through a job, so it is no difference yet, unless it was one before.
    """
    advisory_lock(KEEPING)
    since = now - timedelta(days=settings.MATCH_DAYS)
    compared = queries.compare(since=since, now=now)
    settled = now - timedelta(hours=settings.MATCH_DELAY_HOURS)
    subjects = {subject for _cause, subject in compared.found}
    known = {(row.cause, row.subject): row for row in _known(subjects)}
    lasting = {key for key, row in known.items() if row.closed_at is None}
    found = {key: one for key, one in compared.found.items() if one.since <= settled or key in lasting}
    notes = _open([one for key, one in found.items() if key not in known], now)
    notes += _see_again([(known[key], one) for key, one in found.items() if key in known], now)
    notes += _close([known[key] for key in lasting - found.keys()], now)
    DifferenceNote.objects.bulk_create(notes)
    return MatchRun.objects.create(since=since, ran_at=now, orders=compared.orders, found=len(found))


def _known(subjects: Iterable[str]) -> list[Difference]:
    open_ones = Difference.objects.filter(closed_at=None)
    return lock(open_ones | Difference.objects.filter(subject__in=set(subjects)))


def _open(found: list[Found], now: datetime) -> list[DifferenceNote]:
    rows = [
        Difference(cause=one.cause, subject=one.subject, first_found_at=now, last_found_at=now, **_sides(one))
        for one in found
    ]
    return [_note(row, Said.FOUND, now) for row in Difference.objects.bulk_create(rows)]


def _see_again(pairs: list[tuple[Difference, Found]], now: datetime) -> list[DifferenceNote]:
    """An acceptance holds for the amounts that were accepted, and no longer than the difference."""
    notes = []
    for row, one in pairs:
        changed = (row.expected, row.found, row.unit) != (quantize(one.expected), quantize(one.found), one.unit)
        if row.closed_at is not None or changed:
            notes.append(_note(row, Said.CHANGED if row.closed_at is None else Said.BACK, now))
            row.accepted_by = row.accepted_at = row.closed_at = None
        row.last_found_at = now
        for name, value in _sides(one).items():
            setattr(row, name, value)
    Difference.objects.bulk_update([row for row, _one in pairs], CHANGING)
    return notes


def _close(rows: list[Difference], now: datetime) -> list[DifferenceNote]:
    for row in rows:
        row.closed_at = now
    Difference.objects.bulk_update(rows, ["closed_at"])
    return [_note(row, Said.GONE, now) for row in rows]


def _sides(one: Found) -> dict[str, Any]:
    return {
        "order_id": one.order_id,
        "expected": quantize(one.expected),
        "found": quantize(one.found),
        "unit": one.unit,
        "since": one.since,
    }


def _note(row: Difference, kind: str, now: datetime) -> DifferenceNote:
    return DifferenceNote(difference=row, kind=kind, at=now)


@transaction.atomic
def take(*, difference_id: int, by: Any, now: datetime) -> Difference:
    """Make someone the owner of a difference; whoever takes it over stands there next. Raises ``NotOpen``."""
    row = _open_one(difference_id)
    if row.owner_id != by.pk:
        row.notes.create(kind=Said.TAKEN, at=now, by=by)
        row.owner, row.owned_at = by, now
        row.save(update_fields=["owner", "owned_at"])
    return row


@transaction.atomic
def accept(*, difference_id: int, reason: str, by: Any, now: datetime) -> Difference:
    """Let a difference be, with a reason: for these amounts, until it is gone.

    Raises ``NotOpen``, ``NeverAccepted`` or ``NoReason``.
    """
    row = _open_one(difference_id)
    if not row.may_be_accepted:
        raise NeverAccepted(row.cause)
    if not reason.strip():
        raise NoReason
    row.notes.create(kind=Said.ACCEPTED, at=now, by=by, text=reason.strip()[:LONGEST])
    row.accepted_by, row.accepted_at = by, now
    row.save(update_fields=["accepted_by", "accepted_at"])
    return row


def _open_one(difference_id: int) -> Difference:
    row = lock_one(Difference.objects.filter(pk=difference_id))
    if not row.is_open:
        raise NotOpen(str(row))
    return row
