"""What people do about differences in couriers' files and about cash that no file named: whose it is, how it ended."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.kernel import events
from catalogue.kernel.locks import lock, lock_one
from fulfilment.payments import signals
from fulfilment.payments.models import (
    CashCollected,
    MissingCash,
    RemittanceAgreement,
    RemittanceFile,
    RemittanceLine,
)
from fulfilment.payments.remitting.models import Followed
from fulfilment.payments.remitting.queries import colleagues, on_account_of, overdue
from fulfilment.shipping.models import Courier

from .cash import all_in
from .differences import NoReason

Case = TypeVar("Case", RemittanceLine, MissingCash)
How = Followed.How


class CaseClosed(Exception):
    """Someone closed this already."""


class NotOurs(Exception):
    """Only someone who takes cash in can see to it."""


class NoSuchCollection(Exception):
    """No parcel of this courier by that number waits to be paid for."""

    def __init__(self) -> None:
        super().__init__(_("No parcel of this courier by that number waits to be paid for."))


class TooLittleOnAccount(Exception):
    """What the courier has on account does not pay for the parcel whole."""

    def __init__(self) -> None:
        super().__init__(_("What this courier has on account is less than was collected for that parcel."))


@transaction.atomic
def hand_case(*, model: type[Case], case_id: int, to: Any) -> Case:
    """Make someone of finance the owner of a difference. Raises ``CaseClosed``, ``NotOurs``."""
    case = _open(model, case_id)
    if not colleagues().filter(pk=to.pk).exists():
        raise NotOurs(to.pk)
    case.owner = to
    case.save(update_fields=["owner"])
    return case


@transaction.atomic
def close_case(*, model: type[Case], case_id: int, how: str, reason: str, by: Any, now: datetime) -> Case:
    """Close a difference with how it ended and why; no money moves. Raises ``CaseClosed``, ``NoReason``."""
    return _close(_open(model, case_id), how=How(how), reason=reason, by=by, now=now)


@transaction.atomic
def place_surplus(*, line_id: int, parcel: str, reason: str, by: Any, now: datetime) -> RemittanceLine:
    """Pay for a parcel with a line's surplus, which stands on account, and close the line.

    Locks the courier. Announces ``cash_remitted`` when all of the parcel's order is in. Raises ``CaseClosed``,
    ``NoReason``, ``NoSuchCollection``, ``TooLittleOnAccount``.
    """
    courier_id = RemittanceLine.objects.values_list("file__courier", flat=True).get(pk=line_id)
    courier = lock_one(Courier.objects.filter(pk=courier_id))
    line = _open(RemittanceLine, line_id)
    written = "".join(parcel.upper().split())
    found = lock(CashCollected.objects.filter(parcel=written, courier=courier, remittance=None))
    if not found or not line.is_surplus:
        raise NoSuchCollection
    (collection,) = found
    if collection.amount > on_account_of(courier.pk):
        raise TooLittleOnAccount
    CashCollected.objects.filter(pk=collection.pk).update(remittance=line.file.remittance)
    line.placed = collection
    line.save(update_fields=["placed"])
    if order_ids := all_in([collection]):
        events.announce(signals.cash_remitted, order_ids=order_ids, remittance_id=line.file.remittance_id)
    return _close(line, how=How.PLACED, reason=reason, by=by, now=now)


def _open(model: type[Case], case_id: int) -> Case:
    case = lock_one(model._default_manager.filter(pk=case_id))
    if case.since is None:
        raise model.DoesNotExist(case_id)
    if case.closed_at is not None:
        raise CaseClosed(case_id)
    return case


def _close(case: Case, *, how: str, reason: str, by: Any, now: datetime) -> Case:
    if not reason.strip():
        raise NoReason
    case.how, case.reason, case.closed_at, case.closed_by = how, reason.strip()[:200], now, by
    case.save(update_fields=["how", "reason", "closed_at", "closed_by"])
    return case


@transaction.atomic
def note_missing(*, now: datetime) -> int:
    """Open a case for each collection that is overdue and that no file named; return how many.

    It goes to whoever booked the courier's last file. One case for a collection, however often this runs.
    """
    booked = RemittanceFile.objects.filter(state=RemittanceFile.State.BOOKED).order_by("booked_at")
    owners: dict[int | None, int | None] = dict(booked.values_list("courier", "booked_by"))
    rows = overdue(now).filter(missing=None).order_by("pk")
    cases = [MissingCash(collection=row, owner_id=owners.get(row.courier_id), since=row.due_at) for row in rows]
    MissingCash.objects.bulk_create(cases, ignore_conflicts=True, batch_size=1_000)
    return len(cases)


@transaction.atomic
def agree_days(*, courier_id: int, days: int) -> None:
    """Note within how many days a courier hands cash in."""
    RemittanceAgreement.objects.update_or_create(courier_id=courier_id, defaults={"days": days})
