"""An order's life as steps on its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from fulfilment.orders.models import Order
from fulfilment.orders.policies import CASH

NAMES = {
    "placed": pgettext_lazy("order", "Ordered"),
    "confirmed": gettext_lazy("Confirmed"),
    "authorised": gettext_lazy("Card held: waiting for the cooperative"),
    "paid": pgettext_lazy("order", "Paid"),
    "preparing": gettext_lazy("Being prepared by the cooperatives"),
    "shipped": gettext_lazy("On its way"),
    "delivered": pgettext_lazy("order", "Delivered"),
    "completed": gettext_lazy("Completed"),
    "expired": gettext_lazy("Not paid in time: cancelled"),
    "cancelled": gettext_lazy("Cancelled"),
    "refused": gettext_lazy("Refused at the door"),
    "returned": gettext_lazy("Sent back"),
}
NAMES_IN_SHOP = {
    "preparing": gettext_lazy("Being prepared in the shop"),
    "consignment_packed": gettext_lazy("Ready in the shop"),
    "delivered": gettext_lazy("Fetched"),
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
    names = NAMES | NAMES_IN_SHOP if order.collect_at_id else NAMES
    path = [
        "placed",
        *asked,
        agreed,
        "preparing",
        "consignment_packed" if order.collect_at_id else "shipped",
        "delivered",
    ]
    stop = next((kind for kind in STOPPED if order.status == kind.upper()), None)
    reached = [kind for kind in path if kind in at]
    if stop:
        return [*(Step(names[kind], "done", at[kind]) for kind in reached), Step(names[stop], "stopped", at.get(stop))]
    last = max((path.index(kind) for kind in reached), default=0)
    notes = {"shipped": _visit_note(at), "placed": _waiting_note(order, at)}
    steps = []
    for place, kind in enumerate(path):
        over = kind == "delivered" and kind in at
        state = "done" if place < last or over else "here" if place == last else "next"
        steps.append(Step(names[kind], state, at.get(kind), notes.get(kind, "")))
    return steps


def _visit_note(at: Mapping[str, datetime]) -> str:
    """Say how the courier's last visit ended, while the parcel is still on its way."""
    if "delivered" in at:
        return ""
    if "consignment_coming_back" in at:
        return _("The courier found nobody twice: a parcel comes back to us.")
    if "consignment_turned_back" in at:
        return _("The courier brings a parcel back to us.")
    return _("The courier came and found nobody; a second visit follows.") if "consignment_missed" in at else ""


def _waiting_note(order: Order, at: Mapping[str, datetime]) -> str:
    if order.status != Order.Status.PENDING_CONFIRMATION:
        return ""
    if "not_reached" in at:
        return _("We called to confirm it and could not reach you. We will try again.")
    return _("It waits for your yes: open the link in our message, or wait for our call.")


def way_of(order: Order) -> list[Step]:
    """Return the steps of the parcel alone, for whoever receives it: nothing of how and when it was paid."""
    before = [NAMES[kind] for kind in ("placed", "confirmed", "authorised", "paid")]
    return [step for step in steps_of(order) if step.name not in before]
