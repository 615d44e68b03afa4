"""Keeping what the comparison with the provider's account found, and what people did about each difference."""

from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import advisory_lock, lock, lock_one
from fulfilment.payments.gateways.base import ProviderRefused, ProviderUnavailable
from fulfilment.payments.reconciliation.models import (
    Discrepancy,
    DiscrepancyNote,
    ReconciliationRow,
    ReconciliationRun,
)

from .reconciling import AccountsDiffer, Difference, Reconciliation, reconcile

Said = DiscrepancyNote.Kind
KEEPING = "payments.keep_run"
LONGEST = 300


class DiscrepancyClosed(Exception):
    """Someone closed this difference already."""


class NoReason(Exception):
    """A difference is closed, and noted upon, with words."""


def run_reconciliation(*, since: datetime, until: datetime, now: datetime) -> Reconciliation:
    """Compare with the provider's account, and keep what was found, or why it could not be read.

    Raises ``ProviderUnavailable`` or ``ProviderRefused``, after that was kept too.
    """
    try:
        found = reconcile(since=since, until=until)
    except (ProviderUnavailable, ProviderRefused) as error:
        ReconciliationRun.objects.create(since=since, until=until, ran_at=now, failure=str(error)[:LONGEST] or "?")
        raise
    keep_run(found=found, since=since, until=until, now=now)
    return found


def check_accounts(*, since: datetime, until: datetime, now: datetime) -> Reconciliation:
    """Compare, keep, and raise ``AccountsDiffer`` where anything does: a job that fails is seen in the office.

    What a person closed and the provider still says otherwise fails again.
    """
    found = run_reconciliation(since=since, until=until, now=now)
    if found:
        raise AccountsDiffer(found)
    return found


@transaction.atomic
def keep_run(*, found: Reconciliation, since: datetime, until: datetime, now: datetime) -> ReconciliationRun:
    """Write a run with its three lists; open what is new, and open again what was closed and is still there.

    One run is kept at a time.
    """
    advisory_lock(KEEPING)
    run = ReconciliationRun.objects.create(since=since, until=until, ran_at=now, compared=found.compared)
    differences = {one.source: (kind, one) for kind, several in found.by_kind for one in several}
    ReconciliationRow.objects.bulk_create(
        ReconciliationRow(run=run, source=source, **_sides(kind, one)) for source, (kind, one) in differences.items()
    )
    known = {row.source: row for row in lock(Discrepancy.objects.filter(source__in=differences))}
    for source, (kind, one) in differences.items():
        _keep(known.get(source), source, _sides(kind, one), now)
    return run


def _keep(row: Discrepancy | None, source: str, sides: dict[str, Any], now: datetime) -> None:
    if row is None:
        Discrepancy.objects.create(source=source, first_found_at=now, last_found_at=now, **sides)
        return
    changes = sides | {"last_found_at": now}
    if row.closed_at is not None:
        changes |= {"closed_at": None, "taken_by": None, "taken_at": None}
        row.notes.create(kind=Said.REOPENED, at=now)
    Discrepancy.objects.filter(pk=row.pk).update(**changes)


def _sides(kind: str, one: Difference) -> dict[str, Any]:
    ours, theirs = one.our_side, one.their_side
    return {
        "kind": kind,
        "ours": ours.amount if ours else None,
        "ours_currency": ours.currency if ours else "",
        "ours_fee": ours.fee if ours else None,
        "theirs": theirs.amount if theirs else None,
        "theirs_currency": theirs.currency if theirs else "",
        "theirs_fee": theirs.fee if theirs else None,
        "moved_at": one.moved_at,
        "order_id": one.order_id,
        "refund_id": one.refund_id,
    }


@transaction.atomic
def take_up_discrepancy(*, discrepancy_id: int, by: Any, now: datetime) -> Discrepancy:
    """Note who sees to a difference; whoever takes it over stands there next. Raises ``DiscrepancyClosed``."""
    row = _open(discrepancy_id)
    if row.taken_by_id == by.pk:
        return row
    row.notes.create(kind=Said.TAKEN, at=now, by=by)
    row.taken_by, row.taken_at = by, now
    row.save(update_fields=["taken_by", "taken_at"])
    return row


@transaction.atomic
def note_discrepancy(*, discrepancy_id: int, text: str, by: Any, now: datetime) -> Discrepancy:
    """Keep what someone found out. Raises ``DiscrepancyClosed``, ``NoReason``."""
    row = _open(discrepancy_id)
    row.notes.create(kind=Said.NOTED, at=now, by=by, text=_words(text))
    return row


@transaction.atomic
def close_discrepancy(*, discrepancy_id: int, reason: str, by: Any, now: datetime) -> Discrepancy:
    """Close a difference with what it was. The next run that finds it opens it again.

    Raises ``DiscrepancyClosed``, ``NoReason``.
    """
    row = _open(discrepancy_id)
    row.notes.create(kind=Said.CLOSED, at=now, by=by, text=_words(reason))
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    return row


def _words(text: str) -> str:
    if not text.strip():
        raise NoReason
    return text.strip()[:500]


def _open(discrepancy_id: int) -> Discrepancy:
    found = lock_one(Discrepancy.objects.filter(pk=discrepancy_id))
    if found.closed_at is not None:
        raise DiscrepancyClosed(found.source)
    return found
