"""Papers of parcels abroad, made once; what proves that a shipment left, written row by row."""

import hashlib
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import scans
from catalogue.kernel.locks import lock_one
from fulfilment.documents.keeping import as_kept
from fulfilment.documents.rendering import render
from fulfilment.warehouse.models import Consignment

from . import content, queries
from .layout import TEMPLATES, sheet_of
from .models import CustomsPaper, ExportRecord, ProofScan


class NothingToDeclare(Exception):
    """A parcel that stays in Morocco, or that is not packed, has no customs papers."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"consignment {reference} is not packed to go abroad")


class PapersMissing(Exception):
    """A parcel does not leave without its papers. The message is a sentence for whoever hands it over."""

    def __init__(self) -> None:
        super().__init__(
            _("Its customs papers are not made yet, so the courier cannot take it. Look again in a minute.")
        )


class RecordedMeanwhile(Exception):
    """Someone wrote about this shipment since the page was opened; ``latest`` is theirs."""

    def __init__(self, latest: ExportRecord | None) -> None:
        self.latest = latest
        super().__init__(_("Someone wrote about this shipment meanwhile. Look at it again; nothing was written."))


class NotExported(Exception):
    """Only a parcel that is packed to go abroad has an export to prove."""


def check_declarable(*, consignment_id: int) -> None:
    """Refuse a parcel of which customs could not be told what is in it. Raises ``content.NotDeclarable``."""
    content.items_of(queries.goods_in(consignment_id))


def check_papers(*, consignment_id: int) -> None:
    """Refuse a parcel whose papers are not there. Raises ``PapersMissing``."""
    if not CustomsPaper.objects.filter(consignment=consignment_id).exists():
        raise PapersMissing


def make_papers(*, consignment_id: int, now: datetime) -> list[CustomsPaper]:
    """Make the papers of a packed parcel abroad and keep them, all or none; a second call gives those that are kept.

    They are drawn before anything is locked; then the consignment is locked, and who comes second throws theirs away.
    Raises ``NothingToDeclare`` or ``content.NotDeclarable``.
    """
    kept = queries.papers_of(consignment_id)
    if kept:
        return kept
    parcel = queries.parcel(consignment_id)
    if not queries.goes_abroad(consignment_id) or parcel.state not in queries.SHIPPED:
        raise NothingToDeclare(parcel.reference)
    declared = content.content_of(parcel, now=now)
    drawn = {kind: render(TEMPLATES[kind], sheet_of(kind, declared)) for kind in _kinds(declared)}
    return _keep(consignment_id, declared, drawn, now)


def _kinds(declared: content.Content) -> list[CustomsPaper.Kind]:
    return [CustomsPaper.Kind(kind) for kind in content.papers_of(declared)]


@transaction.atomic
def _keep(
    consignment_id: int, declared: content.Content, drawn: dict[CustomsPaper.Kind, bytes], now: datetime
) -> list[CustomsPaper]:
    lock_one(Consignment.objects.filter(pk=consignment_id))
    kept = queries.papers_of(consignment_id)
    if kept:
        return kept
    for kind, pdf in drawn.items():
        CustomsPaper.objects.create(consignment_id=consignment_id, kind=kind, content=declared, **as_kept(pdf, now))
    return queries.papers_of(consignment_id)


def make_missing_papers(*, now: datetime) -> int:
    """Make the papers of every packed parcel abroad that has none: jobs may come late or never."""
    waiting = list(queries.without_papers().values_list("pk", flat=True)[:100])
    made = 0
    for pk in waiting:
        try:
            made += bool(make_papers(consignment_id=pk, now=now))
        except content.NotDeclarable:
            continue  # its product lost its code after it was packed: the parcel's page says that papers are missing
    return made


@transaction.atomic
def record_export(
    *,
    consignment_id: int,
    based_on: int | None,
    courier_id: int | None,
    declaration_number: str,
    declared_on: date | None,
    proof_kind: str,
    proof_reference: str,
    proof_on: date | None,
    scan: bytes | None,
    by: Any,
    now: datetime,
) -> ExportRecord:
    """Write what is known of a shipment's way out; this whole row counts from now on, the earlier ones stay.

    ``based_on`` is the row that whoever writes has before them. Without a new ``scan`` the earlier one goes on to
    count as long as there is a proof. The same row again changes nothing. Locks the consignment.
    Raises ``NotExported``, ``RecordedMeanwhile`` or ``scans.NotAScan``.
    """
    consignment = lock_one(Consignment.objects.filter(pk=consignment_id))
    if consignment.state not in queries.SHIPPED or not queries.goes_abroad(consignment_id):
        raise NotExported(consignment.reference)
    latest = queries.latest(consignment_id)
    said = {
        "courier_id": courier_id,
        "declaration_number": declaration_number,
        "declared_on": declared_on,
        "proof_kind": proof_kind,
        "proof_reference": proof_reference,
        "proof_on": proof_on,
    }
    if latest and not scan and all(getattr(latest, name) == value for name, value in said.items()):
        return latest
    if (latest.pk if latest else None) != based_on:
        raise RecordedMeanwhile(latest)
    kept = latest.scan_id if latest and proof_kind else None
    return ExportRecord.objects.create(
        consignment=consignment,
        scan_id=_take_in(scan).pk if scan else kept,
        recorded_by=by,
        recorded_at=now,
        **said,
    )


def _take_in(scan: bytes) -> ProofScan:
    return ProofScan.objects.create(
        content=scan, content_type=scans.check(scan), size=len(scan), sha256=hashlib.sha256(scan).hexdigest()
    )
