"""What an order's pages say of goods in it that were called back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from fulfilment.orders.models import Order
from fulfilment.recalls.models import Recall
from fulfilment.recalls.queries import RecalledPieces, recalled_in
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.policies import GONE


@dataclass(frozen=True)
class Notice:
    """One recall, and the pieces of the order that it is about."""

    recall: Recall
    pieces: list[RecalledPieces]

    @property
    def words(self) -> str:
        return self.recall.words_in((get_language() or "ar")[:2])

    @property
    def lines(self) -> set[int]:
        return {row.line_id for row in self.pieces}


def notices_of(order: Order, parcels: Sequence[Consignment]) -> list[Notice]:
    """Return what was called back of an order; nothing is asked before a parcel of it left."""
    if not any(parcel.state in GONE for parcel in parcels):
        return []
    by_recall: dict[int, Notice] = {}
    for row in recalled_in([order.pk]):
        by_recall.setdefault(row.recall.pk, Notice(row.recall, [])).pieces.append(row)
    return list(by_recall.values())
