"""What whoever receives a parcel from someone else is told: of the parcel, never of how it was paid."""

from decimal import Decimal

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.kernel import formats
from fulfilment.orders.links import recipient_url
from fulfilment.orders.models import Order

from .policies import short

PREPARED = _("Bilad Al Khair: a parcel from %(payer)s is being prepared for you. %(url)s")
CASH_AT_THE_DOOR = _(
    "Bilad Al Khair: a parcel from %(payer)s is being prepared for you. You pay the courier %(total)s. %(url)s"
)
WORDS: dict[str, Promise] = {
    "confirmed": CASH_AT_THE_DOOR,
    "paid": PREPARED,
    "shipped": _("Bilad Al Khair: the parcel from %(payer)s is on its way. The courier calls before coming. %(url)s"),
    "out_for_delivery": _("Bilad Al Khair: the parcel from %(payer)s comes today. The courier calls before. %(url)s"),
    "out_for_delivery_in_cash": _(
        "Bilad Al Khair: the parcel from %(payer)s comes today. You pay the courier %(total)s. %(url)s"
    ),
    "delivered": _("Bilad Al Khair: the parcel from %(payer)s has arrived. %(url)s"),
    "absent": _(
        "Bilad Al Khair: the courier came with the parcel from %(payer)s, found nobody, and comes once more. %(url)s"
    ),
    "cancelled": _("Bilad Al Khair: the parcel from %(payer)s was called off and will not come. %(url)s"),
}
IN_CASH = ("confirmed", "out_for_delivery_in_cash")
AGREED = ("confirmed", "paid")
"""Only after one of these is a recipient told of a parcel, so only then that it will not come."""


def recipient_sms(order: Order, kind: str, due: Decimal | None = None) -> str:
    """Return what to tell the recipient of a step, in their language; nothing when it is none of theirs.

    ``due`` is what the courier is paid for the parcel that comes; else it is the whole order's total.
    """
    if not order.recipient_phone or kind not in WORDS:
        return ""
    if kind == "cancelled" and not order.events.filter(kind__in=AGREED).exists():
        return ""
    with translation.override(order.recipient_language):
        facts = {"payer": order.buyer_name, "url": recipient_url(order)}
        if kind in IN_CASH:  # so prices are not hidden: the database refuses that together
            total = order.total_incl_tax if due is None else due
            facts["total"] = formats.money(total, order.currency, order.recipient_language)
        return short(str(WORDS[kind]), facts)
