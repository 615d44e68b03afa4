"""Changing how long things may be sent back: from a day to come, for what is bought from then on."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import advisory_lock
from catalogue.kernel.periods import day_of

from .models import WithdrawalPeriod

LOCK = "orders.withdrawal_periods"


class NotAhead(Exception):
    """What holds today was promised today: a change begins tomorrow at the earliest."""


class ChangePlanned(Exception):
    """Another change of the same row is planned for that day or later."""

    def __init__(self, row: WithdrawalPeriod) -> None:
        self.row = row
        super().__init__(f"{row} from {row.valid_from}")


@transaction.atomic
def change_period(
    *,
    destination: str,
    product_class: str,
    days: int,
    excluded: str,
    unopened_only: bool,
    valid_from: date,
    note: str,
    written_by: Any,
    now: datetime,
) -> WithdrawalPeriod:
    """Write a row from a day on and end the one before it on that day: never a day without one, never two.

    Orders placed before keep theirs. Two people at once wait for each other. Raises ``NotAhead``, ``ChangePlanned``.
    """
    if valid_from <= day_of(now):
        raise NotAhead
    advisory_lock(LOCK)
    same = WithdrawalPeriod.objects.filter(destination=destination, product_class=product_class)
    current = same.filter(valid_until__isnull=True).select_for_update(no_key=True).first()
    if current is not None:
        if current.valid_from >= valid_from:
            raise ChangePlanned(current)
        current.valid_until = valid_from
        current.save(update_fields=["valid_until"])
    return WithdrawalPeriod.objects.create(
        destination=destination,
        product_class=product_class,
        days=days,
        excluded=excluded,
        unopened_only=unopened_only,
        valid_from=valid_from,
        note=note,
        written_by=written_by,
        written_at=now,
    )
