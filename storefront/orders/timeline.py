"""An order's life as steps on its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH

NAMES = {
    "placed": pgettext_lazy("order", "Ordered"),
    "confirmed": _("Confirmed"),
    "authorised": _("Card held: waiting for the cooperative"),
    "paid": pgettext_lazy("order", "Paid"),
    "preparing": _("Being prepared by the cooperatives"),
    "shipped": _("On its way"),
    "delivered": pgettext_lazy("order", "Delivered"),
    "completed": _("Completed"),
    "expired": _("Not paid in time: cancelled"),
    "cancelled": _("Cancelled"),
    "refused": _("Refused at the door"),
    "returned": _("Sent back"),
}
STOPPED = ("expired", "cancelled", "refused", "returned")


@dataclass(frozen=True)
class Step:
    """What components/steps.html shows: ``state`` is done, here, next or stopped."""

    name: Any
    state: str
    at: datetime | None = None
    note: str = ""


def steps_of(order: Order) -> list[Step]:
    """Return the steps behind an order and those before it; one that stopped has none before it."""
    at = {event.kind: event.at for event in order.events.all()}
    agreed = "confirmed" if order.payment_method == CASH else "paid"
    asked = ["authorised"] if order.made_to_order and agreed == "paid" else []
    path = ["placed", *asked, agreed, "preparing", "shipped", "delivered"]
    stop = next((kind for kind in STOPPED if order.status == kind.upper()), None)
    reached = [kind for kind in path if kind in at]
    if stop:
        return [*(Step(NAMES[kind], "done", at[kind]) for kind in reached), Step(NAMES[stop], "stopped", at.get(stop))]
    last = max((path.index(kind) for kind in reached), default=0)
    steps = []
    for place, kind in enumerate(path):
        over = kind == "delivered" and kind in at
        state = "done" if place < last or over else "here" if place == last else "next"
        steps.append(Step(NAMES[kind], state, at.get(kind)))
    return steps


def way_of(order: Order) -> list[Step]:
    """Return the steps of the parcel alone, for whoever receives it: nothing of how and when it was paid."""
    before = [NAMES[kind] for kind in ("placed", "confirmed", "authorised", "paid")]
    return [step for step in steps_of(order) if step.name not in before]
