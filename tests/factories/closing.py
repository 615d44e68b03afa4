"""Months that are signed, locked and opened again, and entries that happened in one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from fulfilment.closing import operations, queries
from fulfilment.closing.models import Month
from fulfilment.ledger import operations as ledger
from fulfilment.ledger.models import Entry
from fulfilment.ledger.policies import NewEntry, Source, credit, debit

from .people import make_person

OCTOBER = date(2026, 10, 1)
IN_OCTOBER = datetime(2026, 10, 15, 9, tzinfo=UTC)


def book(name: str, at: datetime = IN_OCTOBER, amount: str = "10.00", **fields: Any) -> Entry:
    """Write an entry of the bank that happened then."""
    legs = (debit("bank", Decimal(amount)), credit("clearing.transfer", Decimal(amount)))
    with transaction.atomic():
        return ledger.post(NewEntry(Source.TRANSFER, name, legs, at, **fields), now=timezone.now())


def sign_first(first_day: date = OCTOBER, by: Any = None) -> Month:
    seen = queries.standing_of(queries.month_of(first_day), now=timezone.now()).sha256
    return operations.sign(first_day=first_day, seen=seen, by=by or make_person(), now=timezone.now())


def lock_month(first_day: date = OCTOBER) -> Month:
    """Sign a month by two persons."""
    sign_first(first_day)
    return operations.countersign(first_day=first_day, by=make_person(), now=timezone.now())


def open_again(first_day: date = OCTOBER) -> Month:
    """Open a locked month again by two persons."""
    operations.ask_reopening(first_day=first_day, reason="an entry is wrong", by=make_person(), now=timezone.now())
    return operations.answer_reopening(first_day=first_day, opens=True, by=make_person(), now=timezone.now())
