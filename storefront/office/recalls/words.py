"""Words of a recall's page: where pieces are, and whether their buyer was told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.recalls.policies import DELIVERED, HERE, NOT_TAKEN, UNDER_WAY, Reached
from fulfilment.warehouse.models import Consignment

PLACES = {
    HERE: (_("still here"), "warning"),
    UNDER_WAY: (_("on the way"), "danger"),
    DELIVERED: (pgettext_lazy("recalled goods", "with the buyer"), "danger"),
    NOT_TAKEN: (_("not taken, or lost"), "info"),
}
TOLD = {
    "SENT": (pgettext_lazy("recall", "told"), "success"),
    "WAITING": (pgettext_lazy("recall", "being told"), "info"),
    "FAILED": (pgettext_lazy("recall", "not reached"), "danger"),
    "": (pgettext_lazy("recall", "being told"), "info"),
}
NOBODY = (_("left no number"), "warning")


@dataclass(frozen=True)
class OrderRow:
    """An order of a recall as its page shows it; ``told`` is empty where nothing of it left."""

    order: Reached
    where: tuple[Any, str]
    told: tuple[Any, str] | None
    parcels: list[tuple[str, Any]]
    pieces: int


def row_of(order: Reached, told: Mapping[int, str], nobody: Collection[int]) -> OrderRow:
    parcels = [(reference, Consignment.State(state).label) for reference, state in order.parcels]
    pieces = sum(row.pieces for row in order.rows)
    return OrderRow(order, PLACES[order.where], _told(order, told, nobody), parcels, pieces)


def _told(order: Reached, told: Mapping[int, str], nobody: Collection[int]) -> tuple[Any, str] | None:
    if not order.left:
        return None
    return NOBODY if order.order_id in nobody else TOLD[told.get(order.order_id, "")]


def place_words(where: str) -> str:
    return str(PLACES[where][0])


def told_words(order: Reached, told: Mapping[int, str], nobody: Collection[int]) -> str:
    words = _told(order, told, nobody)
    return str(words[0]) if words else ""
