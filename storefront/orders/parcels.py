"""An order's parcels on its page: what is in each, who carries it, and every step of its way. No query of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext_lazy

from fulfilment.orders.models import Line, Order
from fulfilment.warehouse.models import Consignment
from fulfilment.warehouse.policies import NOT_TAKEN, UNDER_WAY

NAMES = {
    "consignment_open": pgettext_lazy("parcel", "The cooperative was asked to prepare it"),
    "consignment_picked": pgettext_lazy("parcel", "Taken from the shelf"),
    "consignment_packed": pgettext_lazy("parcel", "Packed"),
    "consignment_handed_over": pgettext_lazy("parcel", "Given to the courier"),
    "consignment_in_transit": pgettext_lazy("parcel", "On its way"),
    "consignment_out_for_delivery": pgettext_lazy("parcel", "Out for delivery"),
    "consignment_missed": pgettext_lazy("parcel", "The courier found nobody"),
    "consignment_coming_back": pgettext_lazy("parcel", "The courier found nobody: it comes back"),
    "consignment_delivered": pgettext_lazy("parcel", "Delivered"),
    "consignment_short": pgettext_lazy("parcel", "Something of it is missing"),
    "consignment_cancelled": pgettext_lazy("parcel", "Called off"),
    "consignment_refused": pgettext_lazy("parcel", "Refused at the door"),
    "consignment_lost": pgettext_lazy("parcel", "Lost"),
    "consignment_returned": pgettext_lazy("parcel", "Back where it came from"),
}


@dataclass(frozen=True)
class Moment:
    name: Any
    at: datetime


@dataclass(frozen=True)
class Way:
    """One parcel; ``parcel`` carries its ``seller``, ``moments`` the newest first."""

    parcel: Consignment
    lines: list[Line]
    moments: list[Moment]

    @property
    def courier(self) -> str:
        return str(self.parcel.courier) if self.parcel.courier else ""

    @property
    def under_way(self) -> bool:
        return self.parcel.state in UNDER_WAY

    @property
    def level(self) -> str:
        if self.parcel.state == Consignment.State.DELIVERED:
            return "success"
        return "warning" if self.parcel.state in (*NOT_TAKEN, "LOST", "SHORT") else "info"


def ways_of(order: Order, parcels: Sequence[Consignment], lines: Sequence[Line]) -> list[Way]:
    """Put each parcel of an order together from its loaded events and lines."""
    inside: dict[int, list[Line]] = {}
    for line in lines:
        if link := getattr(line, "consignment_line", None):
            inside.setdefault(link.consignment_id, []).append(line)
    moments: dict[str, list[Moment]] = {}
    for event in sorted(order.events.all(), key=lambda event: (event.at, event.pk), reverse=True):
        if event.kind in NAMES:
            moments.setdefault(event.data.get("consignment", ""), []).append(Moment(NAMES[event.kind], event.at))
    return [Way(parcel, inside.get(parcel.pk, []), moments.get(parcel.reference, [])) for parcel in parcels]
