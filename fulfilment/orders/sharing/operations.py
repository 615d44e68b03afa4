"""Freezing whose an order line is, as its pieces leave: until then they may still be swapped for another lot's."""

from django.db.models import QuerySet

from fulfilment.orders.models import Line

from .models import LineShare
from .queries import due_shares


def freeze(lines: QuerySet[Line]) -> None:
    """Write what each cooperative earns by lines that left just now; nothing where no lot of them is shared.

    Inside the caller's transaction, which holds the lots: their shares stay, as pieces of them are promised.
    """
    LineShare.objects.bulk_create(
        LineShare(line_id=line, **part._asdict()) for line, parts in due_shares(lines).items() for part in parts
    )
