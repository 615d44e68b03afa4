"""Changes to what cooperatives have on their shelves, and promises made on it.

Stock is held when someone buys, released when nothing comes of it, consumed when it leaves, put back when it returns:
those work inside the caller's transaction, which owns the purchase that causes them.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from catalogue.kernel.locks import lock_ids
from catalogue.people.models import User

from .models import StockCount, StockRecord


class BelowPromised(Exception):
    """Fewer were counted than shoppers have already been promised."""

    def __init__(self, promised: int) -> None:
        self.promised = promised
        super().__init__(
            ngettext(
                "%(promised)d is already sold: the count cannot be lower. If it is missing, call the office.",
                "%(promised)d are already sold: the count cannot be lower. If some are missing, call the office.",
                promised,
            )
            % {"promised": promised}
        )


@transaction.atomic
def record_count(*, stockrecord_id: int, counted: int, key: UUID, counted_by: User, now: datetime) -> StockCount:
    """Set a stock record to what was counted on the shelf, promised pieces included. Locks the stock record.

    The same ``key`` again changes nothing, even when pieces were sold in between.
    """
    record = lock_ids(StockRecord, [stockrecord_id])[stockrecord_id]
    if made := StockCount.objects.filter(key=key).first():
        return made
    promised = record.num_allocated or 0
    if counted < promised:
        raise BelowPromised(promised)
    count = StockCount.objects.create(
        key=key,
        stockrecord=record,
        before=record.num_in_stock or 0,
        counted=counted,
        counted_by=counted_by,
        counted_at=now,
    )
    record.num_in_stock = counted
    record.save(update_fields=["num_in_stock", "date_updated"])
    return count


class SoldOut(Exception):
    """Less is left than was asked. ``left`` says how many of each stock record that falls short."""

    def __init__(self, left: Mapping[int, int]) -> None:
        self.left = dict(left)
        super().__init__(f"short of stock records {self.left}")


class NotHeld(Exception):
    """More was released or consumed than is promised: a mistake of ours, never of a buyer."""


def hold(quantities: Mapping[int, int]) -> dict[int, StockRecord]:
    """Promise these quantities, by stock record. Locks the records; raises ``SoldOut`` and promises nothing."""
    records = lock_ids(StockRecord, quantities)
    left = {pk: max(0, records[pk].on_offer) if pk in records else 0 for pk in quantities}
    short = {pk: left[pk] for pk, quantity in quantities.items() if quantity > left[pk]}
    if short:
        raise SoldOut(short)
    _change(promised=quantities)
    return records


def release(quantities: Mapping[int, int]) -> None:
    """Take promises back: the goods are on offer again. Locks the records."""
    _check_held(quantities)
    _change(promised={pk: -quantity for pk, quantity in quantities.items()})


def consume(quantities: Mapping[int, int]) -> None:
    """Turn promises into goods that left the shelf. Locks the records."""
    _check_held(quantities)
    leaving = {pk: -quantity for pk, quantity in quantities.items()}
    _change(promised=leaving, there=leaving)


def put_back(quantities: Mapping[int, int]) -> None:
    """Put goods that had left, and came back, on the shelf again. Locks the records."""
    lock_ids(StockRecord, quantities)
    StockRecord.objects.filter(pk__in=quantities).update(num_in_stock=F("num_in_stock") + _by_record(quantities))


def _check_held(quantities: Mapping[int, int]) -> None:
    records = lock_ids(StockRecord, quantities)
    for pk, quantity in quantities.items():
        if pk not in records or quantity > (records[pk].num_allocated or 0):
            raise NotHeld(f"stock record {pk} does not hold {quantity}")


def _change(*, promised: Mapping[int, int], there: Mapping[int, int] | None = None) -> None:
    changes = {"num_allocated": Coalesce("num_allocated", 0) + _by_record(promised)}
    if there:
        changes["num_in_stock"] = F("num_in_stock") + _by_record(there)
    StockRecord.objects.filter(pk__in=promised).update(**changes)


def _by_record(amounts: Mapping[int, int]) -> Case:
    return Case(
        *(When(pk=pk, then=Value(amount)) for pk, amount in sorted(amounts.items())),
        default=Value(0),
        output_field=IntegerField(),
    )
