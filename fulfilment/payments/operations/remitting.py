"""Taking in a courier's file of remitted cash: read, matched, looked at by a person, booked; all of it or nothing."""

import hashlib
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel.constraints import refused_as
from catalogue.kernel.locks import lock_one
from catalogue.kernel.money import ZERO
from catalogue.kernel.tables import Problem, TableRefused
from fulfilment.jobs.operations import enqueue
from fulfilment.payments.models import CashRemittance, RemittanceContent, RemittanceFile, RemittanceLine
from fulfilment.payments.remitting import matching, reading
from fulfilment.payments.remitting.queries import groups_of
from fulfilment.shipping.models import Courier

from .cash import MoreThanOwed, RemittedAlready, remit_cash

READ_FILE, BOOK_FILE = "fulfilment.payments.read_remittance", "fulfilment.payments.book_remittance"
State = RemittanceFile.State
AT_ONCE_BYTES, AT_ONCE_ROWS, BATCH = 256 * 1024, 5_000, 2_000
"""So much is read, and booked, while the person waits; more is left to a worker."""


class KnownFile(Exception):
    """This courier's file was taken in before. ``file`` is that one."""

    def __init__(self, file: RemittanceFile) -> None:
        self.file = file
        super().__init__(file.name)


class NotReady(Exception):
    """The file is booked already, or is still being read, or cannot be read. ``state`` says which."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


class MatchedOtherwise(Exception):
    """Since the person looked, something was collected or paid that changes what the file's lines are."""

    def __init__(self) -> None:
        super().__init__(_("Since you looked, something was collected or paid. Look again, then confirm."))


class NothingReceived(Exception):
    """Neither money nor fees: there is nothing to book."""


class ReceiptUsed(Exception):
    """This receipt stands for another remittance of the courier."""

    def __init__(self) -> None:
        super().__init__(_("This receipt is written down already for this courier. Look at it first."))


@transaction.atomic
def take_in_file(
    *,
    courier_id: int,
    name: str,
    content: bytes,
    received_on: date,
    reference: str,
    received: Decimal,
    fees: Decimal | None,
    now: datetime,
    by: Any = None,
) -> RemittanceFile:
    """Keep a courier's file and what its lines are; a large one is read by a worker. Nothing is booked yet.

    ``received`` is what came with it; ``fees`` what the courier kept, none to believe the file. Raises ``TableRefused``
    (nothing is kept), ``KnownFile``, ``NothingReceived``, ``ReceiptUsed``.
    """
    if received + (fees or ZERO) <= 0:
        raise NothingReceived
    if CashRemittance.objects.filter(courier=courier_id, reference=reference).exists():
        raise ReceiptUsed
    sha256 = hashlib.sha256(content).hexdigest()
    file = RemittanceFile(
        courier_id=courier_id,
        name=name[-120:],
        sha256=sha256,
        received_on=received_on,
        reference=reference,
        received=received,
        fees=fees,
        uploaded_at=now,
        uploaded_by=by,
    )
    known = RemittanceFile.objects.filter(courier=courier_id, sha256=sha256)
    with refused_as(lambda: KnownFile(known.get()), constraint="remittance_file_once"):
        file.save(force_insert=True)
    if len(content) > AT_ONCE_BYTES:
        RemittanceContent.objects.create(file=file, data=content)
        enqueue(task=READ_FILE, key=f"remittance-read:{file.pk}", payload={"file_id": file.pk}, now=now)
    else:
        _read(file, content)
    return file


@transaction.atomic
def read_file(*, file_id: int) -> None:
    """Read a large file and match its lines, or keep why that is not possible. A second call changes nothing."""
    file = RemittanceFile.objects.select_for_update(no_key=True).filter(pk=file_id, state=State.READING).first()
    if file is None:
        return
    content = RemittanceContent.objects.get(file=file)
    try:
        with transaction.atomic():
            _read(file, bytes(content.data))
    except TableRefused as refused:
        file.state, file.problems = State.REFUSED, refused.sentences
        file.save(update_fields=["state", "problems"])
    content.delete()


def _read(file: RemittanceFile, content: bytes) -> None:
    total, fees, rows = ZERO, ZERO, 0
    found = reading.read(content)
    while told := list(islice(found, BATCH)):
        collected = matching.collections_of(one.parcel for one in told)
        RemittanceLine.objects.bulk_create(
            RemittanceLine(file=file, collection_id=collected.get(one.parcel), **asdict(one)) for one in told
        )
        total, fees = total + sum(one.amount for one in told), fees + sum(one.fee for one in told)
        rows += len(told)
    if file.fees is not None and fees and fees != file.fees:
        said = _("The fees in the file come to %(sum)s, and %(typed)s was typed. Correct one of them.")
        raise TableRefused([Problem(said % {"sum": fees, "typed": file.fees})])
    file.fees = fees if file.fees is None else file.fees
    file.total, file.rows, file.state = total, rows, State.READY
    file.save(update_fields=["fees", "total", "rows", "state"])
    _match(file)


def _match(file: RemittanceFile) -> None:
    """Match the lines, and set what came against what they come to."""
    matching.match(file)
    beside = file.received + (file.fees or ZERO) - file.total
    RemittanceLine.objects.filter(file=file, number=0).delete()
    if beside:
        RemittanceLine.objects.create(
            file=file, number=0, amount=ZERO, difference=beside, state=RemittanceLine.State.SUM
        )


@transaction.atomic
def match_file(*, file_id: int) -> RemittanceFile:
    """Match a file that waits for a person again, as collections stand now. Raises ``NotReady``."""
    file = _ready(file_id)
    _match(file)
    return file


def _ready(file_id: int, *states: str) -> RemittanceFile:
    """Lock the file's courier, so that one remittance of theirs follows another, then the file."""
    courier_id = RemittanceFile.objects.values_list("courier", flat=True).get(pk=file_id)
    lock_one(Courier.objects.filter(pk=courier_id))
    file = lock_one(RemittanceFile.objects.filter(pk=file_id))
    if file.state not in (states or (State.READY,)):
        raise NotReady(file.state)
    return file


@transaction.atomic
def confirm_file(*, file_id: int, seen: str, now: datetime, by: Any = None) -> RemittanceFile:
    """Book what a file brings, as the person saw it; a large one is booked by a worker.

    ``seen`` is ``fingerprint`` of what they looked at. Raises ``NotReady``, ``MatchedOtherwise``, ``ReceiptUsed``,
    ``MoreThanOwed``.
    """
    file = _ready(file_id)
    file.booked_by = by
    if file.rows <= AT_ONCE_ROWS:
        return _book(file, seen, now)
    if fingerprint(file) != seen:
        raise MatchedOtherwise
    file.state, file.problems = State.BOOKING, []
    file.save(update_fields=["state", "booked_by", "problems"])
    key = f"remittance-book:{file.pk}:{now.timestamp()}"
    enqueue(task=BOOK_FILE, key=key, payload={"file_id": file.pk, "seen": seen}, now=now)
    return file


@transaction.atomic
def book_file(*, file_id: int, seen: str, now: datetime) -> None:
    """Book a large file that a person confirmed; where it cannot be, it waits for them with the reason."""
    try:
        file = _ready(file_id, State.BOOKING)
    except NotReady:
        return
    try:
        with transaction.atomic():
            _book(file, seen, now)
    except (MatchedOtherwise, MoreThanOwed, ReceiptUsed) as error:
        RemittanceFile.objects.filter(pk=file.pk).update(state=State.READY, booked_by=None, problems=[str(error)])
        _match(file)


def fingerprint(file: RemittanceFile) -> str:
    """Name what a file's lines are, so that what a person confirms is what they saw."""
    groups = [(one.state.value, one.count, str(one.amount), str(one.difference)) for one in groups_of(file)]
    return hashlib.sha256(repr(groups).encode()).hexdigest()[:16]


def _book(file: RemittanceFile, seen: str, now: datetime) -> RemittanceFile:
    _match(file)
    if fingerprint(file) != seen:
        raise MatchedOtherwise
    if CashRemittance.objects.filter(courier=file.courier_id, reference=file.reference).exists():
        raise ReceiptUsed
    fees = file.fees or ZERO
    try:
        file.remittance = remit_cash(
            courier_id=file.courier_id,
            collections=matching.paid_by(file),
            amount=file.received + fees,
            fees=fees,
            received_on=file.received_on,
            reference=file.reference,
            explained=matching.surplus(file.courier_id, file),
            now=now,
            by=file.booked_by,
        )
    except RemittedAlready:
        raise ReceiptUsed from None
    differing = RemittanceLine.objects.filter(file=file).exclude(state=RemittanceLine.State.MATCHED)
    differing.update(owner=file.booked_by, since=now)
    file.state, file.booked_at = State.BOOKED, now
    file.save(update_fields=["state", "booked_at", "booked_by", "remittance"])
    return file


@transaction.atomic
def drop_file(*, file_id: int) -> None:
    """Forget a file that is not booked, so that a corrected one may follow. Raises ``NotReady``."""
    file = _ready(file_id, State.READY, State.REFUSED, State.READING)
    file.lines.all().delete()
    file.delete()
