"""Words for codes on office pages: ``{% load office %}``."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.lots.models import Lot
from catalogue.pricing.models import PriceListDraft, Side
from catalogue.receiving.models import DeliveryLine
from catalogue.receiving.operations import Reason
from fulfilment.orders.inspecting.models import RETURNED, Returned
from fulfilment.orders.models import Order
from fulfilment.orders.withdrawing.models import Withdrawal
from fulfilment.warehouse.models import Consignment
from storefront.office.menu import Entry, menu

register = template.Library()

ORDER_LEVELS = {
    Order.Status.PENDING_PAYMENT: "warning",
    Order.Status.PENDING_CONFIRMATION: "warning",
    Order.Status.PAID: "info",
    Order.Status.CONFIRMED: "info",
    Order.Status.PREPARING: "info",
    Order.Status.SHIPPED: "info",
    Order.Status.DELIVERED: "success",
    Order.Status.COMPLETED: "success",
    Order.Status.REFUSED: "danger",
    Order.Status.RETURNED: "danger",
}
CONSIGNMENT_LEVELS = {
    Consignment.State.OPEN: "warning",
    Consignment.State.PICKED: "info",
    Consignment.State.PACKED: "info",
    Consignment.State.HANDED_OVER: "info",
    Consignment.State.IN_TRANSIT: "info",
    Consignment.State.DELIVERED: "success",
    Consignment.State.SHORT: "danger",
    Consignment.State.REFUSED: "danger",
    Consignment.State.LOST: "danger",
    Consignment.State.RETURNED: "danger",
}

LOT_LEVELS = {
    Lot.State.AWAITING: "warning",
    Lot.State.RELEASED: "success",
    Lot.State.BLOCKED: "danger",
    Lot.State.RECALLED: "danger",
}
GOODS_LEVELS = {
    **dict.fromkeys(("ANNOUNCED", "PROPOSED", "OPEN"), "warning"),
    **dict.fromkeys(("RECEIVED", "SENT", "ASKED"), "info"),
    **dict.fromkeys(("CLOSED", "ARRIVED", "APPLIED", "ANSWERED"), "success"),
    "CANNOT": "danger",
}
"""States of deliveries, transfers, stocktakes and call-offs."""
PACKING = {"packed": gettext_lazy("packed into a hamper"), "unpacked": gettext_lazy("taken out of a hamper")}

TOLD_LEVELS = {"APPLIED": "success", "LATE": "info", "WAITING": "info", "SET_ASIDE": ""}


@register.filter
def told_level(outcome: str) -> str:
    """Return the colour of what became of a courier's status."""
    return TOLD_LEVELS.get(outcome, "warning")


DRAFT_LEVELS = {
    PriceListDraft.State.READY: "warning",
    PriceListDraft.State.APPROVED: "success",
    PriceListDraft.State.REFUSED: "danger",
}


@register.filter
def lot_level(state: str) -> str:
    """Return the colour of a lot's badge."""
    return LOT_LEVELS.get(Lot.State(state), "info")


@register.filter
def delivery_level(state: str) -> str:
    """Return the colour of a delivery's badge, or a transfer's, a stocktake's, a call-off's."""
    return GOODS_LEVELS.get(state, "")


@register.filter
def adjusted_because(reason: str) -> str:
    """Return the words of a movement's reason: a code, and what someone wrote behind it."""
    code, _colon, note = reason.partition(":")
    returned = {f"{RETURNED}{value}": label for value, label in Returned.Reason.choices}
    known = {**dict(DeliveryLine.Refusal.choices), **dict(Reason.choices), **PACKING, **returned}
    return f"{known[code]}{note and ' ·'}{note}" if code in known else reason


@register.filter
def draft_level(state: str) -> str:
    """Return the colour of a draft's badge."""
    return DRAFT_LEVELS.get(state, "info")  # type: ignore[call-overload, no-any-return]


@register.filter
def side_words(side: str) -> str:
    """Return the words of a tax side."""
    return str(dict(Side.choices).get(side, side))


@register.filter
def signed_percent(value: Decimal) -> str:
    """Write a change in hundredths with its sign."""
    text = formats.percent(value, get_language())
    return format_html("<bdi>{}</bdi>", f"+{text}" if value > 0 else text)


@register.filter
def country(code: str) -> str:
    """Return a country's name in the page's language."""
    return str(Locale((get_language() or "ar")[:2]).territories.get(code, code))


@register.filter
def unlocalised(value: float) -> str:
    """Write a length inside a drawing, with a point in every language."""
    return f"{value:g}"


@register.filter
def plain(value: Decimal) -> str:
    """Write a whole number as plain text, for a drawing."""
    return formats.number(int(value), get_language())


@register.filter
def rate_text(value: Decimal) -> str:
    """Write an exchange rate's number as plain text, for a drawing."""
    return formats.rate_figure(value, get_language())


@register.filter
def rate(value: Decimal | None) -> str:
    """Write an exchange rate's number. Nothing for none."""
    return "" if value is None else format_html("<bdi>{}</bdi>", rate_text(value))


@register.filter
def rate_of(value: Decimal, currency: str) -> str:
    """Write an exchange rate in full: ``{{ rate.mad_per_unit|rate_of:rate.currency }}``."""
    return format_html("<bdi>{}</bdi>", formats.rate(value, currency, get_language()))


@register.filter
def change(value: Decimal | None) -> str:
    """Write a change in hundredths with its sign."""
    if value is None:
        return ""
    sign = f"{formats.LEFT_TO_RIGHT_MARK}+" if value > 0 else ""
    return format_html("<bdi>{}{}</bdi>", sign, formats.percent(value, get_language()))


@register.filter
def month(value: date) -> str:
    """Write a month and its year."""
    return formats.month(value, get_language())


@register.filter
def day_month(value: date) -> str:
    """Write a day without its year, in figures."""
    return f"{value:%d/%m}"


WITHDRAWAL_LEVELS = {
    Withdrawal.State.DECLARED: "warning",
    Withdrawal.State.RECEIVED: "warning",
    Withdrawal.State.ACCEPTED: "success",
    Withdrawal.State.REJECTED: "danger",
}


@register.filter
def withdrawal_level(state: str) -> str:
    """Return the colour of a withdrawal's badge."""
    return WITHDRAWAL_LEVELS.get(state, "info")  # type: ignore[call-overload, no-any-return]


DISPUTE_LEVELS = {"LOST": "danger", "NEEDS_RESPONSE": "warning", "WARNING_NEEDS_RESPONSE": "warning", "WON": "success"}
DISPUTE_REASONS = {
    "credit_not_processed": gettext_lazy("a refund did not come"),
    "duplicate": gettext_lazy("paid twice"),
    "fraudulent": gettext_lazy("the card's holder did not buy"),
    "general": gettext_lazy("no reason said"),
    "product_not_received": gettext_lazy("it did not arrive"),
    "product_unacceptable": gettext_lazy("it is not what was sold"),
    "unrecognized": gettext_lazy("the card's holder does not recognise the payment"),
}


@register.filter
def dispute_level(state: str) -> str:
    """Return the colour of a dispute's badge."""
    return DISPUTE_LEVELS.get(state, "info")


@register.filter
def dispute_reason(code: str) -> str:
    """Return the words of the reason that the buyer's bank gave."""
    return str(DISPUTE_REASONS.get(code, code.replace("_", " ")))


@register.filter
def hours_left(due_at: datetime) -> int:
    """Return the whole hours until an instant; below nothing when it has passed."""
    return int((due_at - timezone.now()).total_seconds() // 3600)


@register.filter
def days_left(due_at: datetime) -> int:
    """Return the whole days until an instant."""
    return (due_at - timezone.now()).days


STEPS = {
    "withdrawal_declared": gettext_lazy("withdrawal declared"),
    "withdrawal_received": gettext_lazy("withdrawn goods received"),
    "withdrawal_accepted": gettext_lazy("withdrawal accepted"),
    "withdrawal_rejected": gettext_lazy("withdrawal rejected"),
    "withdrawal_cancelled": gettext_lazy("withdrawal taken back by the buyer"),
    "placed": gettext_lazy("placed"),
    "not_reached": gettext_lazy("the desk called and nobody answered"),
    "not_confirmed": gettext_lazy("nobody confirmed it in time"),
    "consignment_missed": gettext_lazy("parcel: the courier found nobody"),
    "consignment_coming_back": gettext_lazy("parcel: found nobody twice, comes back"),
    "consignment_out_for_delivery": gettext_lazy("parcel: out for delivery"),
    "consignment_turned_back": gettext_lazy("parcel: its courier brings it back"),
    "payment_given_back": gettext_lazy("payment given back"),
    "transfer_waits": gettext_lazy("a transfer came that a person must look at"),
    "transfer_returned": gettext_lazy("transfer sent back"),
    "transfer_reminded": gettext_lazy("the buyer was reminded of the transfer"),
    "authorised": gettext_lazy("card held"),
    "accepted": gettext_lazy("accepted to be made"),
    "declined": gettext_lazy("refused to be made"),
    "hold_ends_soon": gettext_lazy("the hold on the card ends soon"),
    "refund_owed": gettext_lazy("money to be given back"),
    "refund_asked": gettext_lazy("refund waits for a second person"),
    "refund_declined": gettext_lazy("refund declined"),
    "refund_account": gettext_lazy("account for the refund given"),
    "refund_made": gettext_lazy("money given back"),
    "refund_failed": gettext_lazy("giving money back failed"),
    "refund_lost": gettext_lazy("nothing left to give back: the buyer's bank has the money"),
    "dispute_created": gettext_lazy("the buyer's bank disputes the payment"),
    "dispute_updated": gettext_lazy("news of the dispute"),
    "dispute_funds_withdrawn": gettext_lazy("dispute: the bank took the money"),
    "dispute_funds_reinstated": gettext_lazy("dispute: the bank returned the money"),
    "dispute_closed": gettext_lazy("dispute closed"),
    "dispute_answered": gettext_lazy("dispute: answered to the bank"),
    "dispute_answer_refused": gettext_lazy("dispute: the bank refused the answer"),
    "dispute_charged_back": gettext_lazy("dispute: charged back to the cooperatives"),
}


@register.filter
def event_words(kind: str) -> str:
    """Return the words of a step in an order's life."""
    if kind in STEPS:
        return str(STEPS[kind])
    if kind.startswith("consignment_"):
        state = kind.removeprefix("consignment_").upper()
        return _("parcel: %(state)s") % {"state": dict(Consignment.State.choices).get(state, state)}
    return str(dict(Order.Status.choices).get(kind.upper(), kind.replace("_", " ")))


MONTH_LEVELS = {"CHECKED": "warning", "LOCKED": "success"}


@register.filter
def month_level(state: str) -> str:
    """Return the colour of a month's badge."""
    return MONTH_LEVELS.get(state, "")


@register.filter
def order_level(status: str) -> str:
    """Return the colour of an order's badge."""
    return ORDER_LEVELS.get(status, "")  # type: ignore[call-overload, no-any-return]


REFUND_LEVELS = {"ASKED": "warning", "DUE": "info", "PENDING": "info", "SUCCEEDED": "success", "FAILED": "danger"}


@register.filter
def refund_level(state: str) -> str:
    """Return the colour of a refund's badge."""
    return REFUND_LEVELS.get(state, "")


@register.filter
def consignment_level(state: str) -> str:
    """Return the colour of a consignment's badge."""
    return CONSIGNMENT_LEVELS.get(state, "")  # type: ignore[call-overload, no-any-return]


@register.inclusion_tag("office/parts/menu.html", takes_context=True)
def office_menu(context: Context) -> dict[str, list[Entry]]:
    """Show where the office's pages stand, to whom may open them."""
    areas, pages = menu(context["request"])
    return {"areas": areas, "pages": pages}
