"""Changes to what cooperatives have on their shelves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext

from catalogue.kernel import locks
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
    record = locks.lock_ids(StockRecord, [stockrecord_id])[stockrecord_id]
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
